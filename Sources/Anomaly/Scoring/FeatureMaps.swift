/// What one frame shows at each place, of each kind that it is judged by.
public struct FeatureMaps: Sendable, Equatable {
  /// How far the reconstruction is off.
  public let appearance: ErrorMap
  /// How fast things move; nil where the source gives no motion.
  public let motion: MotionMap?

  /// Maps of one frame.
  public init(appearance: ErrorMap, motion: MotionMap?) {
    self.appearance = appearance
    self.motion = motion
  }
}
