/// How exactly boxes are measured and how unsteadily people move, as standard deviations in heights of the person.
///
/// A near person moves more pixels than a far one at the same walk, and a detector errs by more; both go with the height.
public struct MotionNoise: Sendable, Hashable {
  /// Of the middle of a detection's box.
  public var place_heights: Double
  /// Of the width and the height of a detection's box.
  public var size_heights: Double
  /// Of the speed of a person seen for the first time.
  public var speed_heightsPerSecond: Double
  /// Of the growth of a box seen for the first time.
  public var growth_heightsPerSecond: Double
  /// Of the change of the speed within a second.
  public var wander_heightsPerSecond: Double
  /// Of the change of the growth within a second.
  public var growthWander_heightsPerSecond: Double

  /// Noise that suits people who walk or run in front of a fixed camera. A walk is about 0.8 heights per second.
  public init(
    place_heights: Double = 0.05, size_heights: Double = 0.06, speed_heightsPerSecond: Double = 1,
    growth_heightsPerSecond: Double = 0.1, wander_heightsPerSecond: Double = 0.5,
    growthWander_heightsPerSecond: Double = 0.05
  ) {
    self.place_heights = place_heights
    self.size_heights = size_heights
    self.speed_heightsPerSecond = speed_heightsPerSecond
    self.growth_heightsPerSecond = growth_heightsPerSecond
    self.wander_heightsPerSecond = wander_heightsPerSecond
    self.growthWander_heightsPerSecond = growthWander_heightsPerSecond
  }
}
