internal import CKernels

/// Pooling over windows in depth, height and width, or in height and width: what max and average pooling share.
public class Pooling: Layer {
  let window: Extent
  let stride: Extent
  let padding: Extent
  let spatialAxes: Int
  let roundsUp: Bool
  private var seen: (geometry: ConvolutionGeometry, shape: Shape)?

  init(window: Extent, stride: Extent, padding: Extent, spatialAxes: Int, roundsUp: Bool = false) {
    precondition(window.product <= 256, "a place in a window is kept in one byte")
    precondition(
      padding.depth < window.depth && padding.height < window.height && padding.width < window.width,
      "a window may not lie in the padding altogether")
    self.window = window
    self.stride = stride
    self.padding = padding
    self.spatialAxes = spatialAxes
    self.roundsUp = roundsUp
  }

  /// The result of inference.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let g = try geometry(for: x.shape)
    return try pool(x, g, on: compute).reshaped(to: g.output.with(spatialAxes: spatialAxes))
  }

  /// The result in training, remembering what `backward` needs.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let g = try geometry(for: x.shape)
    seen = (g, x.shape)
    return try pool(x, g, on: compute).reshaped(to: g.output.with(spatialAxes: spatialAxes))
  }

  /// The gradients of the parameters and of the input.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    let (g, shape) = try remembered(seen, "pooling")
    return try scatter(gradient, g, on: compute).reshaped(to: shape)
  }

  func pool(_ x: Tensor, _ g: ConvolutionGeometry, on compute: Compute) throws(NetworkError) -> Tensor {
    throw .kernelFailed(operation: "pooling", reason: "neither max nor average")
  }

  func scatter(_ gradient: Tensor, _ g: ConvolutionGeometry, on compute: Compute) throws(NetworkError)
    -> Tensor
  {
    throw .kernelFailed(operation: "pooling", reason: "neither max nor average")
  }

  func geometry(for shape: Shape) throws(NetworkError) -> ConvolutionGeometry {
    guard shape.rank == spatialAxes + 2 else { throw mismatch(shape) }
    let input = spatialAxes == 3 ? shape : shape.withDepth
    let s = input.sizes
    func size(_ i: Int, _ k: Int, _ stride: Int, _ padding: Int) -> Int {
      let span = i + 2 * padding - k
      guard span >= 0 else { return 0 }
      let size = (roundsUp ? (span + stride - 1) / stride : span / stride) + 1
      // A window that starts beyond the input and its left padding sees nothing.
      return roundsUp && (size - 1) * stride >= i + padding ? size - 1 : size
    }
    let output: Shape = [
      s[0], size(s[1], window.depth, stride.depth, padding.depth),
      size(s[2], window.height, stride.height, padding.height),
      size(s[3], window.width, stride.width, padding.width), s[4],
    ]
    guard output.sizes.allSatisfy({ $0 > 0 }) else { throw mismatch(shape) }
    return ConvolutionGeometry(input: input, output: output, kernel: window, stride: stride, padding: padding)
  }

  private func mismatch(_ shape: Shape) -> NetworkError {
    .shapeMismatch(
      layer: "pooling", expected: "\(spatialAxes + 2) axes, no smaller than its window", found: shape)
  }
}

/// The largest value of every window.
public class MaxPool: Pooling {
  private var taps: [UInt8] = []

  /// Remembers nothing, so that several threads may ask at once.
  override public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let y = Tensor(uninitialized: try geometry(for: x.shape).output.with(spatialAxes: spatialAxes))
    try fill(ChannelSlice(tensor: y, channel: 0), from: x, on: compute)
    return y
  }

  override func pool(_ x: Tensor, _ g: ConvolutionGeometry, on compute: Compute) throws(NetworkError)
    -> Tensor
  {
    let y = Tensor(uninitialized: g.output)
    var sizes = g.forKernels
    if taps.count != y.count { taps = [UInt8](repeating: 0, count: y.count) }
    taps.withUnsafeMutableBufferPointer {
      ck_max_pool(&sizes, x.pointer, y.pointer, $0.baseAddress, compute.count)
    }
    return y
  }

  override func scatter(
    _ gradient: Tensor, _ g: ConvolutionGeometry, on compute: Compute
  ) throws(NetworkError) -> Tensor {
    let gx = Tensor(uninitialized: g.input)
    var sizes = g.forKernels
    taps.withUnsafeBufferPointer {
      ck_max_pool_gradient(&sizes, gradient.pointer, $0.baseAddress, gx.pointer, compute.count)
    }
    return gx
  }
}

/// The largest value of every window in depth, height and width.
public final class MaxPool3d: MaxPool {
  /// Windows of `kernelSize` in each direction, `stride` apart (by default side by side).
  public init(kernelSize: Int, stride: Int? = nil) {
    func cube(_ n: Int) -> Extent { Extent(depth: n, height: n, width: n) }
    super.init(window: cube(kernelSize), stride: cube(stride ?? kernelSize), padding: cube(0), spatialAxes: 3)
  }
}

/// The largest value of every window in height and width.
public final class MaxPool2d: MaxPool {
  /// Windows of `kernelSize`, `stride` apart; `roundsUp` adds a last, partial window as Caffe does.
  public init(
    kernelSize: Int, stride: Int? = nil, padding: (height: Int, width: Int) = (0, 0), roundsUp: Bool = false
  ) {
    let stride = stride ?? kernelSize
    super.init(
      window: Extent(depth: 1, height: kernelSize, width: kernelSize),
      stride: Extent(depth: 1, height: stride, width: stride),
      padding: Extent(depth: 0, height: padding.height, width: padding.width), spatialAxes: 2,
      roundsUp: roundsUp)
  }
}

/// The mean of every window in height and width, the padding counted in.
public final class AveragePool2d: Pooling {
  /// Windows of `kernelSize` (height, width), `stride` apart (by default side by side).
  public init(kernelSize: (height: Int, width: Int), stride: Int? = nil, padding: Int = 0) {
    super.init(
      window: Extent(depth: 1, height: kernelSize.height, width: kernelSize.width),
      stride: Extent(depth: 1, height: stride ?? kernelSize.height, width: stride ?? kernelSize.width),
      padding: Extent(depth: 0, height: padding, width: padding), spatialAxes: 2)
  }

  override func pool(_ x: Tensor, _ g: ConvolutionGeometry, on compute: Compute) throws(NetworkError)
    -> Tensor
  {
    let y = Tensor(uninitialized: g.output)
    var sizes = g.forKernels
    ck_average_pool(&sizes, x.pointer, y.pointer, compute.count)
    return y
  }

  override func scatter(
    _ gradient: Tensor, _ g: ConvolutionGeometry, on compute: Compute
  ) throws(NetworkError) -> Tensor {
    let gx = Tensor(uninitialized: g.input)
    var sizes = g.forKernels
    ck_average_pool_gradient(&sizes, gradient.pointer, gx.pointer, compute.count)
    return gx
  }
}
