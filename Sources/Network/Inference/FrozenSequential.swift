/// A trained sequence, ready for inference.
public final class FrozenSequential: Operation {
  let operations: [any Operation]

  init(_ layers: [any Layer]) {
    var operations: [any Operation] = []
    var rest = layers[...]
    while let layer = rest.popFirst() {
      guard var fused = FusedConvolution(layer) else {
        operations.append(layer)
        continue
      }
      if let norm = rest.first as? BatchNorm {
        fused.fold(norm)
        rest.removeFirst()
      }
      if let rectifier = rest.first as? LeakyReLU {
        fused.slope = rectifier.slope
        rest.removeFirst()
      }
      if let pooling = rest.first as? MaxPool, fused.takeOver(pooling) { rest.removeFirst() }
      operations.append(FrozenConvolution(fused))
    }
    self.operations = operations
  }

  /// The result of the last operation.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    var x = x
    for operation in operations { x = try operation(x, on: compute) }
    return x
  }
}
