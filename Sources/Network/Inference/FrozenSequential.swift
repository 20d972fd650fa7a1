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

  /// The result of the last operation for a batch [N, …], each thread with a part of it: a part's values stay in the cache of
  /// one processor core from layer to layer. The same numbers as those of `callAsFunction`.
  public func inParts(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let (count, parts) = (x.shape.batch, min(compute.threads, x.shape.batch))
    guard parts > 1 else { return try self(x, on: compute) }
    let share = Compute(threads: compute.threads / parts)
    return .joining(
      try runTogether(parts) { part throws(NetworkError) in
        try self(x.batch(count * part / parts..<count * (part + 1) / parts), on: share)
      })
  }

  /// The result of the last operation.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    var x = x
    for operation in operations { x = try operation(x, on: compute) }
    return x
  }
}
