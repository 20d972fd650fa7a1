/// The mean of a whole picture of at most 256 places: [N, H, W, C] to [N, 1, 1, C].
public final class GlobalAveragePool2d: Layer {
  private var pool: AveragePool2d?

  /// The mean of a whole picture.
  public init() {}

  /// The mean.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try Self.pool(of: x)(x, on: compute)
  }

  /// The mean, remembering the picture's size.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let pool = try Self.pool(of: x)
    self.pool = pool
    return try pool.forward(x, on: compute)
  }

  /// The gradient of a picture's mean, the same at every place.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    try remembered(pool, "pooling").backward(
      gradient, needsInputGradient: needsInputGradient, on: compute)
  }

  private static func pool(of x: Tensor) throws(NetworkError) -> AveragePool2d {
    guard x.shape.rank == 4, x.shape.sizes[1] * x.shape.sizes[2] <= 256 else {
      throw .shapeMismatch(
        layer: "pooling", expected: "[N, H, W, C] with at most 256 places in a picture", found: x.shape)
    }
    return AveragePool2d(kernelSize: (x.shape.sizes[1], x.shape.sizes[2]))
  }
}
