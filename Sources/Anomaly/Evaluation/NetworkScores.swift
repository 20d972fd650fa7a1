/// The scores of one clip by nothing but a network's reconstruction error, a value for each of the source's frames; higher is
/// more irregular.
public struct NetworkScores: Sendable {
  /// The largest mean squared error over a window.
  public internal(set) var window: [Float] = []
  /// The median of the same over the last five frames.
  public internal(set) var windowMedian: [Float] = []
  /// The sum of squared errors over the frame, as the papers score frames.
  public internal(set) var sum: [Float] = []
  /// The root mean squared error of the whole cube that starts with the frame, or else of the last one that starts before
  /// it: one error for a cube, as in the code of Hasan et al., and for each frame's own with cubes that end frame by frame.
  public internal(set) var cube: [Float] = []
  /// What is known when a frame comes: the window score of the newest frame that a cube has held; 0 before the first.
  public internal(set) var causal: [Float] = []
}
