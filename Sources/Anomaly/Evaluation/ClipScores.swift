/// The scores of one clip, a value for each of the source's frames; higher is more irregular.
public struct ClipScores: Sendable {
  /// What the pipeline makes of each frame.
  public internal(set) var irregularity: [Float] = []
  /// What a live camera has when the frame comes: the motion up to it and the appearance of the last whole cube.
  public internal(set) var causal: [Float] = []
  /// By appearance alone.
  public internal(set) var appearance: [Float] = []
  /// By the sum of squared errors over the frame, as the papers score frames: without places, range or median.
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
