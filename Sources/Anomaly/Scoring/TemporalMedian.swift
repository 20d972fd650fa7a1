/// The median of the last few values: an outlier of one or two frames (a key frame's pulse, a flash) does not count.
///
/// Of an even number of values, the lower middle one.
struct TemporalMedian: Sendable {
  /// Values taken together.
  static let length = 5

  private var recent: [Float] = []

  /// Takes a value and gives the median of it and up to four before.
  mutating func add(_ value: Float) -> Float {
    if recent.count == Self.length { recent.removeFirst() }
    recent.append(value)
    return recent.sorted()[(recent.count - 1) / 2]
  }

  /// Forgets the past.
  mutating func reset() { recent.removeAll(keepingCapacity: true) }
}
