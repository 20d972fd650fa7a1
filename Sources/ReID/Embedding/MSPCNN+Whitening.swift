import Network

extension MSPCNN {
  /// Puts a linear map behind FC7, into the weights of FC7 and of its normalisation, which then has nothing left to normalise: the
  /// network stays what it is, and its features become `map · features`.
  ///
  /// - Parameter map: [D, D], row-major.
  func apply(_ map: [Double]) {
    let dimension = Self.dimension
    func values(_ name: String) -> [Float] { parameter(name)?.value.values ?? [] }
    func set(_ name: String, _ new: [Float]) {
      parameter(name)?.value.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: new) }
    }
    let (weight, gain, bias) = (values("head.0.weight"), values("head.1.weight"), values("head.1.bias"))
    let (mean, variance) = (values("head.1.running_mean"), values("head.1.running_var"))
    let inputs = weight.count / dimension
    let scale = (0..<dimension).map { Double(gain[$0]) / (Double(variance[$0]) + 1e-5).squareRoot() }
    let shift = (0..<dimension).map { Double(bias[$0]) - Double(mean[$0]) * scale[$0] }
    var mapped = [Float](repeating: 0, count: weight.count)
    for row in 0..<dimension {
      var sums = [Double](repeating: 0, count: inputs)
      for k in 0..<dimension where map[row * dimension + k] != 0 {
        let factor = map[row * dimension + k] * scale[k]
        for i in 0..<inputs { sums[i] += factor * Double(weight[k * inputs + i]) }
      }
      for i in 0..<inputs { mapped[row * inputs + i] = Float(sums[i]) }
    }
    set("head.0.weight", mapped)
    set("head.1.weight", [Float](repeating: 1, count: dimension))
    set(
      "head.1.bias",
      (0..<dimension).map { row in
        Float((0..<dimension).reduce(0) { $0 + map[row * dimension + $1] * shift[$1] })
      })
    set("head.1.running_mean", [Float](repeating: 0, count: dimension))
    set("head.1.running_var", [Float](repeating: 1 - 1e-5, count: dimension))
  }

  private func parameter(_ name: String) -> Parameter? {
    namedParameters.first { $0.name == name }?.parameter
  }
}
