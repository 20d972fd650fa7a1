internal import CKernels

/// A convolution over [N, D, H, W, C], or over [N, H, W, C] seen as depth one: what `Conv3d` and `Conv2d` share.
public class Convolution: Layer {
  let kernel: Extent
  let stride: Extent
  let padding: Extent
  let spatialAxes: Int
  let inputChannels: Int
  let outputChannels: Int
  let weight: Parameter
  let bias: Parameter?
  let kernels = ConvolutionKernels()
  private var input: (geometry: ConvolutionGeometry, x: Tensor)?

  init(
    _ inputChannels: Int, _ outputChannels: Int, kernel: Extent, stride: Extent, padding: Extent,
    spatialAxes: Int, bias: Bool, using generator: inout SeededGenerator
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.spatialAxes = spatialAxes
    weight = Parameter(
      "weight",
      .heNormal(
        [kernel.product, inputChannels, outputChannels], fanIn: kernel.product * inputChannels,
        using: &generator),
      decays: true, layout: .convolution(spatialAxes: spatialAxes))
    self.bias = bias ? Parameter("bias", Tensor([outputChannels])) : nil
  }

  /// `weight` and, where there is one, `bias`.
  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

  /// The result of inference.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try convolve(x, geometry(for: x.shape), isTraining: false, on: compute)
  }

  /// The result in training, remembering what `backward` needs.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let g = try geometry(for: x.shape)
    input = (g, x)
    return try convolve(x, g, isTraining: true, on: compute)
  }

  /// The gradients of the parameters and of the input.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    let (g, x) = try remembered(input, "a convolution")
    weight.gradient = try kernels.weightGradient(g, x, gradient, on: compute)
    if let bias { bias.gradient = try columnSums(gradient, on: compute) }
    guard needsInputGradient else { return nil }
    let turned = transposeTaps(
      weight.value, taps: kernel.product, rows: inputChannels, columns: outputChannels)
    return try kernels.convolveTransposed(g, gradient, turned, isTraining: true, on: compute)
      .reshaped(to: x.shape)
  }

  private func convolve(
    _ x: Tensor, _ g: ConvolutionGeometry, isTraining: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor {
    let y = try kernels.convolve(
      g, x, weight.value, .init(shift: bias?.value), isTraining: isTraining, on: compute)
    return y.reshaped(to: g.output.with(spatialAxes: spatialAxes))
  }

  func geometry(for shape: Shape) throws(NetworkError) -> ConvolutionGeometry {
    let input = try internalShape(shape)
    let s = input.sizes
    func size(_ i: Int, _ k: Int, _ stride: Int, _ padding: Int) -> Int {
      let span = i + 2 * padding - k
      return span < 0 ? 0 : span / stride + 1
    }
    let output: Shape = [
      s[0], size(s[1], kernel.depth, stride.depth, padding.depth),
      size(s[2], kernel.height, stride.height, padding.height),
      size(s[3], kernel.width, stride.width, padding.width), outputChannels,
    ]
    guard output.sizes.allSatisfy({ $0 > 0 }) else { throw mismatch(shape) }
    return ConvolutionGeometry(input: input, output: output, kernel: kernel, stride: stride, padding: padding)
  }

  private func internalShape(_ shape: Shape) throws(NetworkError) -> Shape {
    guard shape.rank == spatialAxes + 2, shape.channels == inputChannels else { throw mismatch(shape) }
    return spatialAxes == 3 ? shape : shape.withDepth
  }

  private func mismatch(_ shape: Shape) -> NetworkError {
    .shapeMismatch(
      layer: "Conv\(spatialAxes)d",
      expected: "\(spatialAxes + 2) axes with \(inputChannels) channels last, "
        + "no smaller than its kernel", found: shape)
  }
}

/// A convolution in depth, height and width: [N, D, H, W, inC] to [N, D', H', W', outC].
public final class Conv3d: Convolution {
  /// A convolution whose weights are drawn by He's rule (He et al. 2015, eq. 10) from `generator`.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    bias: Bool = true,
    using generator: inout SeededGenerator
  ) {
    func cube(_ n: Int) -> Extent { Extent(depth: n, height: n, width: n) }
    super.init(
      inputChannels, outputChannels, kernel: cube(kernelSize), stride: cube(stride), padding: cube(padding),
      spatialAxes: 3, bias: bias, using: &generator)
  }
}

/// A convolution in height and width: [N, H, W, inC] to [N, H', W', outC].
public final class Conv2d: Convolution {
  /// A convolution whose weights are drawn by He's rule (He et al. 2015, eq. 10) from `generator`.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    bias: Bool = true,
    using generator: inout SeededGenerator
  ) {
    super.init(
      inputChannels, outputChannels, kernel: Extent(depth: 1, height: kernelSize, width: kernelSize),
      stride: Extent(depth: 1, height: stride, width: stride),
      padding: Extent(depth: 0, height: padding, width: padding), spatialAxes: 2, bias: bias,
      using: &generator)
  }
}

func columnSums(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
  let sums = Tensor(uninitialized: [x.shape.channels])
  guard
    ck_column_sums(x.pointer, Int64(x.shape.rows), Int64(x.shape.channels), sums.pointer, compute.count) == 0
  else { throw .outOfMemory(operation: "a sum over positions") }
  return sums
}
