/// Brings values of different kinds, of which each frame has one, to one scale: 0 from where on they count, and 1 as much
/// further as the 99.5 % quantile of normal footage lies above its median.
public struct ValueRange: Sendable, Hashable, Codable {
  /// The value that comes to 0.
  public let start: Float
  /// How much further a value comes to 1; positive.
  public let unit: Float

  /// The range of the values of normal footage, in any order.
  ///
  /// - Parameters:
  ///   - leastUnit: The unit's lower limit, so that a still picture's noise is not magnified.
  ///   - startUnits: Where the scale starts, in units above the median.
  init(of values: [Float], leastUnit: Float, startUnits: Float) {
    let sorted = values.sorted()
    let median = quantile(0.5, ofSorted: sorted)
    unit = max(leastUnit, quantile(0.995, ofSorted: sorted) - median)
    start = median + startUnits * unit
  }

  /// Where a value lies on the scale; unbounded both ways.
  func position(of value: Float) -> Float { (value - start) / unit }

  var isUsable: Bool { start.isFinite && unit.isFinite && unit > 0 }
}
