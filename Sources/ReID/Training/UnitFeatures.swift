import Network

/// The features of a batch at length 1, as they are compared.
struct UnitFeatures {
  /// [N, D], every row of length 1.
  let values: [Double]
  /// D.
  let dimension: Int
  private let lengths: [Double]
  private let shape: Shape

  /// - Parameter features: [N, …, D].
  init(_ features: Tensor) {
    shape = features.shape
    let dimension = features.shape.channels
    self.dimension = dimension
    var values = features.values.map(Double.init)
    lengths = (0..<features.shape.rows).map { row in
      let range = row * dimension..<(row + 1) * dimension
      let length = max(1e-12, values[range].reduce(0) { $0 + $1 * $1 }.squareRoot())
      for i in range { values[i] /= length }
      return length
    }
    self.values = values
  }

  /// Of each with each, [N, N], row-major.
  func cosines() -> [Double] {
    let count = lengths.count
    var cosines = [Double](repeating: 1, count: count * count)
    for i in 0..<count {
      for j in 0..<i {
        var sum = 0.0
        for k in 0..<dimension { sum += values[i * dimension + k] * values[j * dimension + k] }
        cosines[i * count + j] = sum
        cosines[j * count + i] = sum
      }
    }
    return cosines
  }

  /// The gradient of the features from the gradient of `values`.
  func pulledBack(_ gradient: [Double]) -> Tensor {
    var gradient = gradient
    for (row, length) in lengths.enumerated() {
      let range = row * dimension..<(row + 1) * dimension
      let along = range.reduce(0) { $0 + gradient[$1] * values[$1] }
      for i in range { gradient[i] = (gradient[i] - along * values[i]) / length }
    }
    return Tensor(shape, gradient.map(Float.init))
  }
}
