/// The scores of one clip by nothing but a network's reconstruction error, a value for each of the source's frames; higher is
/// more irregular.
public struct NetworkScores: Sendable {
  /// The largest mean squared error over a window.
  public internal(set) var window: [Float] = []
  /// The median of the same over the last five frames.
  public internal(set) var windowMedian: [Float] = []
  /// The sum of all pixels' errors, e(t) = Σ ‖I(x, y, t) − I′(x, y, t)‖₂, as the papers score frames (Zhao et al. 2017): the mean
  /// of what all cubes that hold the frame give, of which the papers say nothing.
  public internal(set) var sum: [Float] = []
  /// The mean of the same over all pixels and frames of the cube in whose middle the frame is: one error for a cube, as in the
  /// code of Hasan et al.; the first cube of a clip stands for the frames before its middle, the last for those behind.
  public internal(set) var cube: [Float] = []
  /// What is known when a frame comes: the window score of the newest frame that a cube has held; 0 before the first.
  public internal(set) var causal: [Float] = []
}
