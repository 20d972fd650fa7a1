/// How a value that each frame has is spread over normal footage: its median, and how far its 99.5 % quantile lies
/// above.
///
/// Brings values of different kinds to one scale: 0 at the median and 1 at the quantile.
public struct ValueRange: Sendable, Hashable, Codable {
  /// The median.
  public let median: Float
  /// From the median to the 99.5 % quantile; positive.
  public let unit: Float

  /// The range of values in any order.
  ///
  /// - Parameter leastUnit: The unit's lower limit, so that a still picture's noise is not magnified.
  init(of values: [Float], leastUnit: Float) {
    let sorted = values.sorted()
    median = quantile(0.5, ofSorted: sorted)
    unit = max(leastUnit, quantile(0.995, ofSorted: sorted) - median)
  }

  private init(median: Float, unit: Float) {
    self.median = median
    self.unit = unit
  }

  /// The range in which a value has to go `factor` times as far to count as much.
  func scaled(by factor: Float) -> ValueRange { ValueRange(median: median, unit: factor * unit) }

  /// Where a value lies: 0 at the median, 1 at the 99.5 % quantile, unbounded both ways.
  func position(of value: Float) -> Float { (value - median) / unit }

  var isUsable: Bool { median.isFinite && unit.isFinite && unit > 0 }
}
