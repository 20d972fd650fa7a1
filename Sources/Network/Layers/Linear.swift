/// A dense layer: `y = x · weightᵀ + bias`, from [..., inputs] to [..., outputs].
public final class Linear: Layer {
  let inputs: Int
  let outputs: Int
  let weight: Parameter
  let bias: Parameter?
  private var input: Tensor?

  /// A dense layer with weight [outputs, inputs], drawn by He's rule from `generator`.
  public init(_ inputs: Int, _ outputs: Int, bias: Bool = true, using generator: inout SeededGenerator) {
    self.inputs = inputs
    self.outputs = outputs
    weight = Parameter(
      "weight", .heNormal([outputs, inputs], fanIn: inputs, using: &generator), decays: true)
    self.bias = bias ? Parameter("bias", Tensor([outputs])) : nil
  }

  /// `weight` and, where there is one, `bias`.
  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

  /// The result, [..., outputs].
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    guard x.shape.channels == inputs else {
      throw .shapeMismatch(layer: "Linear", expected: "\(inputs) values last", found: x.shape)
    }
    let y = Tensor(uninitialized: x.shape.withChannels(outputs))
    if let bias {
      for row in 0..<y.shape.rows {
        (y.pointer + row * outputs).update(from: bias.value.pointer, count: outputs)
      }
    }
    try OneDNN.multiply(
      x, weight.value, transposingSecond: true, rows: y.shape.rows, columns: outputs, inner: inputs, into: y,
      beta: bias == nil ? 0 : 1, on: .oneThread)
    return y
  }

  /// The result, remembering the input.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    input = x
    return try self(x, on: compute)
  }

  /// `gw = gᵀ · x`, `gx = g · w`.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    let x = try remembered(input, "Linear")
    let rows = x.shape.rows
    let gw = Tensor(uninitialized: [outputs, inputs])
    try OneDNN.multiply(
      gradient, transposingFirst: true, x, rows: outputs, columns: inputs, inner: rows, into: gw,
      on: .oneThread)
    weight.gradient = gw
    if let bias { bias.gradient = try columnSums(gradient, on: compute) }
    guard needsInputGradient else { return nil }
    let gx = Tensor(uninitialized: x.shape)
    try OneDNN.multiply(
      gradient, weight.value, rows: rows, columns: inputs, inner: outputs, into: gx, on: .oneThread)
    return gx
  }
}
