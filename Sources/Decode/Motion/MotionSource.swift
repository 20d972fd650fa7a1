/// Where a `VideoReader` takes the motion of its frames from.
public enum MotionSource: Sendable, Hashable, CaseIterable {
  /// Nowhere: frames carry no motion, and none of it costs anything.
  case off
  /// From the pictures, by `MotionEstimator`: the most accurate.
  case estimated
  /// From the vectors that the codec has for its own use (H.264, MPEG-4, MPEG-1 and MPEG-2), which cost next to nothing;
  /// for other codecs, and where a stream has no vectors, from the pictures.
  case codecOrEstimated
}
