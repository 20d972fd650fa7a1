/// The lower triangle L of `L Lᵀ = a`.
struct CholeskyFactor {
  /// [D, D], row-major.
  private var values: [Double]
  private let dimension: Int

  /// - Parameter a: [D, D], symmetric; what is above its diagonal is not read.
  ///
  /// Nil where `a` is not positive definite.
  init?(_ a: [Double], dimension: Int) {
    values = [Double](repeating: 0, count: a.count)
    self.dimension = dimension
    for i in 0..<dimension {
      for j in 0...i {
        var sum = a[i * dimension + j]
        for k in 0..<j { sum -= values[i * dimension + k] * values[j * dimension + k] }
        if i == j {
          guard sum > 0 else { return nil }
          values[i * dimension + i] = sum.squareRoot()
        } else {
          values[i * dimension + j] = sum / values[j * dimension + j]
        }
      }
    }
  }

  /// `L⁻¹`, [D, D].
  func inverse() -> [Double] {
    var inverse = [Double](repeating: 0, count: values.count)
    for column in 0..<dimension {
      for row in column..<dimension {
        var sum = row == column ? 1.0 : 0.0
        for k in column..<row { sum -= values[row * dimension + k] * inverse[k * dimension + column] }
        inverse[row * dimension + column] = sum / values[row * dimension + row]
      }
    }
    return inverse
  }

  /// The x of `a x = b`, [D].
  func solution(of b: ArraySlice<Double>) -> [Double] {
    var x = Array(b)
    for row in 0..<dimension {
      for k in 0..<row { x[row] -= values[row * dimension + k] * x[k] }
      x[row] /= values[row * dimension + row]
    }
    for row in (0..<dimension).reversed() {
      for k in row + 1..<dimension { x[row] -= values[k * dimension + row] * x[k] }
      x[row] /= values[row * dimension + row]
    }
    return x
  }
}
