extension Layer {
  /// Adds all parameters to a file under their full names, in PyTorch's order.
  public func store(into file: inout WeightsFile, prefix: String = "") {
    for (name, parameter) in namedParameters(prefix: prefix) {
      file.tensors[name] = parameter.stored
    }
  }

  /// Takes all parameters from a file.
  /// - Throws: `NetworkError.invalidWeights` where one is missing, of another shape, or not finite, or a variance is negative.
  public func load(from file: WeightsFile, prefix: String = "") throws(NetworkError) {
    for (name, parameter) in namedParameters(prefix: prefix) {
      guard let stored = file.tensors[name] else {
        throw .invalidWeights(
          file: file.source, reason: "has no tensor \"\(name)\"; it belongs to another network")
      }
      try parameter.take(stored, name: name, file: file.source)
    }
  }
}

extension Parameter {
  /// The parameter as it stands in files.
  var stored: WeightsFile.StoredTensor {
    let shape = value.shape.sizes
    switch layout {
    case .plain: return .init(shape: shape, values: value.values)
    case .convolution(let axes):
      return .init(
        shape: [shape[2], shape[1]] + spatial(axes),
        values: turned(value.values, shape[0], shape[1], shape[2]))
    case .transposedConvolution(let axes):
      return .init(
        shape: [shape[1], shape[2]] + spatial(axes),
        values: tapsLast(value.values, shape[0], shape[1] * shape[2]))
    }
  }

  func take(_ stored: WeightsFile.StoredTensor, name: String, file: String) throws(NetworkError) {
    let wanted = self.stored.shape
    guard stored.shape == wanted else {
      throw .invalidWeights(
        file: file, reason: "tensor \"\(name)\" has shape \(stored.shape), this network needs \(wanted)")
    }
    guard stored.values.allSatisfy(\.isFinite) else {
      throw .invalidWeights(file: file, reason: "tensor \"\(name)\" holds values that are not finite")
    }
    guard self.name != "running_var" || stored.values.allSatisfy({ $0 >= 0 }) else {
      throw .invalidWeights(file: file, reason: "tensor \"\(name)\" holds variances below zero")
    }
    let shape = value.shape.sizes
    let values =
      switch layout {
      case .plain: stored.values
      case .convolution: turnedBack(stored.values, shape[0], shape[1], shape[2])
      case .transposedConvolution: tapsLast(stored.values, shape[1] * shape[2], shape[0])
      }
    value.pointer.update(from: values, count: values.count)
  }

  /// The sizes of the kernel: our kernels are cubes or squares.
  private func spatial(_ axes: Int) -> [Int] {
    let taps = value.shape.sizes[0]
    let size = (1...max(1, taps)).first { (axes == 3 ? $0 * $0 * $0 : $0 * $0) == taps } ?? taps
    return Array(repeating: size, count: axes)
  }

  /// [taps, in, out] to [out, in, taps].
  private func turned(_ values: [Float], _ taps: Int, _ inputs: Int, _ outputs: Int) -> [Float] {
    var made = [Float](repeating: 0, count: values.count)
    for t in 0..<taps {
      for i in 0..<inputs {
        for o in 0..<outputs { made[(o * inputs + i) * taps + t] = values[(t * inputs + i) * outputs + o] }
      }
    }
    return made
  }

  /// [out, in, taps] to [taps, in, out].
  private func turnedBack(_ values: [Float], _ taps: Int, _ inputs: Int, _ outputs: Int) -> [Float] {
    turned(values, outputs, inputs, taps)
  }

  /// [rows, columns] to [columns, rows].
  private func tapsLast(_ values: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    var made = [Float](repeating: 0, count: values.count)
    for r in 0..<rows {
      for c in 0..<columns { made[c * rows + r] = values[r * columns + c] }
    }
    return made
  }
}
