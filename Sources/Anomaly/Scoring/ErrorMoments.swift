/// Count, sum and sum of squares of the root mean squared error per cell: what mean and variance need, in one pass, and
/// what can be added and taken off again.
struct ErrorMoments: Sendable {
  private(set) var count = 0.0
  private var sums: [Double]
  private var squares: [Double]

  init(cellCount: Int) {
    sums = [Double](repeating: 0, count: cellCount)
    squares = sums
  }

  mutating func add(_ map: ErrorMap) {
    count += 1
    for cell in sums.indices {
      let value = Double(map.values[cell])
      sums[cell] += value.squareRoot()
      squares[cell] += value
    }
  }

  static func += (left: inout ErrorMoments, right: ErrorMoments) {
    left.count += right.count
    for cell in left.sums.indices {
      left.sums[cell] += right.sums[cell]
      left.squares[cell] += right.squares[cell]
    }
  }

  static func - (left: ErrorMoments, right: ErrorMoments) -> ErrorMoments {
    var difference = left
    difference.count -= right.count
    for cell in left.sums.indices {
      difference.sums[cell] -= right.sums[cell]
      difference.squares[cell] -= right.squares[cell]
    }
    return difference
  }

  var means: [Double] { sums.map { $0 / count } }

  var variances: [Double] { zip(means, squares).map { max(0, $1 / count - $0 * $0) } }
}
