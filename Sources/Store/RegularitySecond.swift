/// One second of a camera's regularity curve.
public struct RegularitySecond: Sendable, Hashable {
  /// The second, since 1970-01-01T00:00:00Z (`Timestamp.secondSince1970`).
  public var secondSince1970: Int64
  /// The lowest regularity of a frame in it, 0…1.
  public var minimum: Double
  /// The mean regularity of its frames, 0…1.
  public var mean: Double
  /// How many frames it had, at least 1.
  public var frameCount: Int

  /// A second of the curve.
  public init(secondSince1970: Int64, minimum: Double, mean: Double, frameCount: Int) {
    self.secondSince1970 = secondSince1970
    self.minimum = minimum
    self.mean = mean
    self.frameCount = frameCount
  }
}
