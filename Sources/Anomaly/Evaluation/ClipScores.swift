/// The scores of one clip, a value for each of the source's frames; higher is more irregular.
public struct ClipScores: Sendable {
  /// What the pipeline makes of each frame.
  public internal(set) var irregularity: [Float] = []
  /// What can be known when the frame comes: the motion up to and with it, and the appearance of the newest frame that a cube
  /// has held, up to a hop before. Nothing is normalised by what comes later.
  ///
  /// `FrameScorer`, and so the live pipeline, uses nothing else, but hands a frame's score over when its hop ends, up to
  /// 7 frames later: 0.7 s at ten frames a second.
  public internal(set) var causal: [Float] = []
  /// By appearance alone.
  public internal(set) var appearance: [Float] = []
  /// By the sum of squared errors over the frame: without places, range or median.
  public internal(set) var totalError: [Float] = []
  /// By motion alone; nil where the model or the source knows none.
  public internal(set) var motion: [Float]?
  /// By the pixel criterion; nil where there are no masks.
  public internal(set) var pixel: [Float]?
  /// The events that would have raised alerts, in the source's frames.
  public internal(set) var alerts: [Range<Int>] = []
  /// Frames that no cube was scored for, and that take their neighbour's score.
  public internal(set) var unscoredFrameCount = 0
  /// The clip's length, in seconds.
  public internal(set) var seconds = 0.0
}
