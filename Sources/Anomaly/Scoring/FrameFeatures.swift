/// What came of a frame: what it shows at each place, or that the scene changed under it.
public struct FrameFeatures: Sendable, Equatable {
  /// What there is to say about the frame.
  public enum Content: Sendable, Equatable {
    /// What it shows at each place.
    case maps(FeatureMaps)
    /// The scene changes, so there is nothing to say of places.
    case sceneChange(SceneChange)
  }

  /// Which frame it is.
  public let stamp: FrameStamp
  /// What there is to say about it.
  public let content: Content
  /// Whether the frame does not go on from the one before: the first of all, after a pause, after a scene change.
  public let startsSegment: Bool

  /// A frame's features.
  public init(stamp: FrameStamp, content: Content, startsSegment: Bool) {
    self.stamp = stamp
    self.content = content
    self.startsSegment = startsSegment
  }
}
