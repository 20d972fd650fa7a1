internal import CKernels

/// The weights of one output channel as signed bytes: `weight ≈ scale * byte`.
struct ByteWeights {
  /// What a byte counts for.
  let scale: Float
  /// In the order of the weights. Those of one sign that kernels sum in 16 bits come to no more than `CK_LARGEST_FOUR`.
  let bytes: [Int8]

  /// - Parameters:
  ///   - weights: rows of taps one after the other.
  ///   - rowOfTaps: the weights in one of these.
  ///   - leastScale: what a byte counts for at least, more than nothing.
  init(_ weights: [Float], rowOfTaps: Int, leastScale: Float) {
    // Rounding, up or down, adds less than one to each of the four.
    let most = Float(CK_LARGEST_FOUR - 4)
    let scale = max(leastScale, Self.largestFour(of: weights, rowOfTaps: rowOfTaps) / most)
    self.scale = scale
    bytes = Self.rounded(weights.map { $0 / scale })
  }

  /// The largest sum of weights of one sign whose products are summed in 16 bits.
  private static func largestFour(of weights: [Float], rowOfTaps: Int) -> Float {
    var largest: Float = 0
    for row in stride(from: 0, to: weights.count, by: rowOfTaps) {
      for eight in stride(from: row, to: row + rowOfTaps, by: 8) {
        for first in [eight, eight + 2] {
          var (positive, negative): (Float, Float) = (0, 0)
          for half in [first, first + 4] {
            for i in half..<half + 2 where i < row + rowOfTaps {
              positive += max(weights[i], 0)
              negative -= min(weights[i], 0)
            }
          }
          largest = max(largest, positive, negative)
        }
      }
    }
    return largest
  }

  /// Rounds so that the sum stays: to the nearest, but for those nearest to the middle, as many as it takes, the other way. What a
  /// rectifier lets through is positive, so that what is left of a sum would shift the channel for every picture.
  private static func rounded(_ units: [Float]) -> [Int8] {
    var bytes = units.map { $0.rounded() }
    let excess = zip(bytes, units).reduce(0) { $0 + $1.0 - $1.1 }
    let direction: Float = excess > 0 ? 1 : -1
    let errors = zip(bytes, units).map { direction * ($0 - $1) }
    var left = Int(abs(excess).rounded())
    guard left > 0 else { return bytes.map { Int8($0) } }
    // Errors are spread evenly up to a half: a quarter of them is enough nearly always, and quicker to sort.
    let large = errors.filter { $0 > 0.25 }
    let sorted = (large.count >= left ? large : errors.filter { $0 > 0 }).sorted(by: >)
    let least = sorted[min(left, sorted.count) - 1]
    for i in bytes.indices where errors[i] >= least && left > 0 {
      bytes[i] -= direction
      left -= 1
    }
    return bytes.map { Int8($0) }
  }
}
