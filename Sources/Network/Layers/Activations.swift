internal import CKernels

/// A rectifier that lets `slope` of what is negative through (Maas et al. 2013).
public class LeakyReLU: Layer {
  /// The factor of what is negative.
  public let slope: Float
  private var input: Tensor?

  /// A leaky rectifier.
  public init(_ slope: Float = 0.01) { self.slope = slope }

  /// The result of inference.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    ck_leaky_relu(x.pointer, Int64(x.count), slope, y.pointer, compute.count)
    return y
  }

  /// The result in training, remembering what `backward` needs.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    input = x
    return try self(x, on: compute)
  }

  /// The gradients of the parameters and of the input.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    let x = try remembered(input, "LeakyReLU")
    let gx = Tensor(uninitialized: x.shape)
    ck_leaky_relu_gradient(x.pointer, gradient.pointer, Int64(x.count), slope, gx.pointer, compute.count)
    return gx
  }
}

/// `max(x, 0)`.
public final class ReLU: LeakyReLU {
  /// A rectifier.
  public init() { super.init(0) }
}

/// `1 / (1 + exp(-x))`.
public final class Sigmoid: Layer {
  private var output: Tensor?

  /// A logistic function.
  public init() {}

  /// Values in 0…1.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    ck_sigmoid(x.pointer, Int64(x.count), y.pointer, compute.count)
    return y
  }

  /// Values in 0…1, remembered.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let y = try self(x, on: compute)
    output = y
    return y
  }

  /// `g * y * (1 - y)`.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    let y = try remembered(output, "Sigmoid")
    let gx = Tensor(uninitialized: y.shape)
    ck_sigmoid_gradient(y.pointer, gradient.pointer, Int64(y.count), gx.pointer, compute.count)
    return gx
  }
}
