import Network

extension MSPCNN {
  /// Puts a linear map behind FC7, into the weights of FC7 and of its normalisation: the network stays what it is, and its
  /// features become `map · features`.
  ///
  /// - Parameters:
  ///   - map: [D, D], row-major.
  ///   - features: [N, …, D], what the network gives for many crops: the statistics of a normalisation that goes on to be
  ///     trained are those of what it gives from now on.
  func apply(_ map: [Double], features: Tensor) {
    let dimension = Self.dimension
    func values(_ name: String) -> [Float] { parameter(name)?.value.values ?? [] }
    func set(_ name: String, _ new: [Double]) {
      parameter(name)?.value.withUnsafeMutableBufferPointer {
        _ = $0.update(fromContentsOf: new.map { Float($0) })
      }
    }
    let (weight, gain, bias) = (values("head.0.weight"), values("head.1.weight"), values("head.1.bias"))
    let (mean, variance) = (values("head.1.running_mean"), values("head.1.running_var"))
    let inputs = weight.count / dimension
    let scale = (0..<dimension).map { Double(gain[$0]) / (Double(variance[$0]) + Self.epsilon).squareRoot() }
    let shift = (0..<dimension).map { Double(bias[$0]) - Double(mean[$0]) * scale[$0] }
    var mapped = [Double](repeating: 0, count: weight.count)
    var mappedShift = [Double](repeating: 0, count: dimension)
    for row in 0..<dimension {
      for k in 0..<dimension where map[row * dimension + k] != 0 {
        let factor = map[row * dimension + k]
        mappedShift[row] += factor * shift[k]
        for i in 0..<inputs {
          mapped[row * inputs + i] += factor * scale[k] * Double(weight[k * inputs + i])
        }
      }
    }
    let moments = Self.moments(of: map, features)
    set("head.0.weight", mapped)
    set("head.1.weight", moments.variances.map { ($0 + Self.epsilon).squareRoot() })
    set("head.1.bias", moments.means)
    set("head.1.running_mean", zip(moments.means, mappedShift).map(-))
    set("head.1.running_var", moments.variances)
  }

  /// That of `BatchNorm`.
  private static let epsilon = 1e-5

  /// The mean and the variance of each number of `map · features`.
  private static func moments(of map: [Double], _ features: Tensor) -> (means: [Double], variances: [Double])
  {
    let (rows, numbers) = (features.shape.rows, features.values)
    var (sums, squares) = (
      [Double](repeating: 0, count: dimension), [Double](repeating: 0, count: dimension)
    )
    for row in 0..<rows {
      for i in 0..<dimension {
        var value = 0.0
        for k in 0..<dimension { value += map[i * dimension + k] * Double(numbers[row * dimension + k]) }
        sums[i] += value
        squares[i] += value * value
      }
    }
    let means = sums.map { $0 / Double(max(1, rows)) }
    return (means, zip(squares, means).map { max(0, $0 / Double(max(1, rows)) - $1 * $1) })
  }

  private func parameter(_ name: String) -> Parameter? {
    namedParameters.first { $0.name == name }?.parameter
  }
}
