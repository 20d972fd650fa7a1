/// A picture that is another one than shortly before, nearly everywhere at once.
public struct SceneChange: Sendable, Equatable {
  /// How much changed, in units of the least that counts: 1 and above.
  public let extent: Float
  /// Share of each cell that changed.
  public let heatMap: HeatMap
}
