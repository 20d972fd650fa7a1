extension Optimizer {
  /// Adds the state to a checkpoint.
  public func store(into file: inout WeightsFile) {
    for (name, tensor) in state {
      file.tensors[name] = .init(shape: tensor.shape.sizes, values: tensor.values)
    }
  }

  /// Takes the state from a checkpoint.
  ///
  /// - Throws: `NetworkError.invalidWeights` where a part is missing or of another shape.
  public func load(from file: WeightsFile) throws(NetworkError) {
    for (name, tensor) in state {
      guard let stored = file.tensors[name], stored.shape == tensor.shape.sizes else {
        throw .invalidWeights(file: file.source, reason: "lacks the optimiser's \"\(name)\"")
      }
      tensor.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: stored.values) }
    }
  }
}
