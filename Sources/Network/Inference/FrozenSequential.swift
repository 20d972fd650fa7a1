/// A trained sequence, ready for inference.
public final class FrozenSequential: Operation {
  let operations: [any Operation]

  init(_ operations: [any Operation]) { self.operations = operations }

  init(_ layers: [any Layer]) {
    var operations: [any Operation] = []
    var rest = layers.flatMap(Self.flattened)[...]
    while let layer = rest.popFirst() {
      if let branches = layer as? Concatenate {
        operations.append(FrozenConcatenate(branches))
        continue
      }
      guard var fused = FusedConvolution(layer) else {
        operations.append((layer as? Residual)?.frozen() ?? layer)
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

  /// Layers inside sequences inside this one, first to last.
  private static func flattened(_ layer: any Layer) -> [any Layer] {
    (layer as? Sequential)?.layers.flatMap(flattened) ?? [layer]
  }

  /// The result of the last operation for a batch [N, …], each thread with a part of it. The same numbers as those of
  /// `callAsFunction` where our own kernels carry all layers; sums in oneDNN's may depend on how many rows there are.
  public func inParts(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try Network.inParts(x, on: compute) { part, share throws(NetworkError) in try self(part, on: share) }
  }

  /// The result of the last operation.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    var x = x
    for operation in operations { x = try operation(x, on: compute) }
    return x
  }
}
