/// Adds what a body makes of its input to that input: `y = x + body(x)` (He et al. 2016).
public final class Residual: Layer {
  /// What is added; it keeps the shape.
  public let body: Sequential

  /// A bypass around these layers.
  public init(_ layers: [any Layer]) { body = Sequential(layers) }

  /// The body.
  public var children: [(name: String, layer: any Layer)] { [("body", body)] }

  /// The sum, for inference.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try added(x, to: body(x, on: compute), on: compute)
  }

  /// The sum, in training: in memory of its own, because layers may remember their results.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try added(x, to: body.forward(x, on: compute).copy(), on: compute)
  }

  /// The body's input gradient and the gradient itself, added.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    let inner = try body.backward(gradient, needsInputGradient: needsInputGradient, on: compute)
    inner?.add(gradient, on: compute)
    return inner
  }

  /// The same for inference.
  func frozen() -> FrozenResidual { FrozenResidual(body: body.frozen()) }
}

/// A residual whose body is ready for inference.
final class FrozenResidual: Operation {
  private let body: FrozenSequential

  init(body: FrozenSequential) { self.body = body }

  func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try added(x, to: body(x, on: compute), on: compute)
  }
}

/// `y + x` in the memory of `y`, which nobody else may use.
private func added(_ x: Tensor, to y: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
  guard x.shape == y.shape else {
    throw .shapeMismatch(
      layer: "Residual", expected: "a body whose results have shape \(x.shape)", found: y.shape)
  }
  y.add(x, on: compute)
  return y
}
