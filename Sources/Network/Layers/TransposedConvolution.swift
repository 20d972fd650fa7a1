/// The adjoint of a strided convolution, which doubles sizes at stride 2, over [N, D, H, W, C], or over [N, H, W, C] seen
/// as depth one: what `ConvTranspose3d` and `ConvTranspose2d` share.
///
/// `H' = (H - 1) * stride - 2 * padding + kernelSize + outputPadding`, and so along the other axes.
public class TransposedConvolution: Layer {
  let inputChannels: Int
  let outputChannels: Int
  let kernel: Extent
  let stride: Extent
  let padding: Extent
  let outputPadding: Extent
  let spatialAxes: Int
  let weight: Parameter
  let bias: Parameter?
  let kernels = ConvolutionKernels()
  private var input: (geometry: ConvolutionGeometry, x: Tensor)?

  init(
    _ inputChannels: Int, _ outputChannels: Int, kernel: Extent, stride: Extent, padding: Extent,
    outputPadding: Extent, spatialAxes: Int, bias: Bool, using generator: inout SeededGenerator
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.outputPadding = outputPadding
    self.spatialAxes = spatialAxes
    // An output position sees kernel/stride taps per axis.
    let fanIn = max(1, kernel.product / stride.product) * inputChannels
    weight = Parameter(
      "weight", .heNormal([kernel.product, inputChannels, outputChannels], fanIn: fanIn, using: &generator),
      decays: true, layout: .transposedConvolution(spatialAxes: spatialAxes))
    self.bias = bias ? Parameter("bias", Tensor([outputChannels])) : nil
  }

  /// `weight` and, where there is one, `bias`.
  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

  /// The result, [N, D', H', W', outC], or [N, H', W', outC].
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try result(x, isTraining: false, on: compute)
  }

  /// The result, remembering the input.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    input = (try adjoint(for: x.shape), x)
    return try result(x, isTraining: true, on: compute)
  }

  private func result(_ x: Tensor, isTraining: Bool, on compute: Compute) throws(NetworkError) -> Tensor {
    let y = try kernels.convolveTransposed(
      adjoint(for: x.shape), x, weight.value, .init(shift: bias?.value), isTraining: isTraining, on: compute)
    return y.reshaped(to: y.shape.with(spatialAxes: spatialAxes))
  }

  /// The adjoint of an adjoint is the convolution itself.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    let (g, x) = try remembered(input, "a transposed convolution")
    let turned = try kernels.weightGradient(g, gradient, x, on: compute)
    weight.gradient = transposeTaps(
      turned, taps: kernel.product, rows: outputChannels, columns: inputChannels)
    if let bias { bias.gradient = try columnSums(gradient, on: compute) }
    guard needsInputGradient else { return nil }
    let forward = transposeTaps(
      weight.value, taps: kernel.product, rows: inputChannels, columns: outputChannels)
    return try kernels.convolve(g, gradient, forward, isTraining: true, on: compute).reshaped(to: x.shape)
  }

  /// The convolution that this layer is the adjoint of: from this layer's output to its input.
  func adjoint(for shape: Shape) throws(NetworkError) -> ConvolutionGeometry {
    guard shape.rank == spatialAxes + 2, shape.channels == inputChannels else {
      throw mismatch(shape, expected: "\(spatialAxes + 2) axes with \(inputChannels) channels last")
    }
    let result = spatialAxes == 3 ? shape : shape.withDepth
    func size(_ i: Int, _ of: (Extent) -> Int) -> Int {
      (i - 1) * of(stride) - 2 * of(padding) + of(kernel) + of(outputPadding)
    }
    let s = result.sizes
    let output: Shape = [
      s[0], size(s[1], \.depth), size(s[2], \.height), size(s[3], \.width), outputChannels,
    ]
    guard output.sizes.allSatisfy({ $0 > 0 }) else {
      throw mismatch(shape, expected: "sizes that leave something after the padding")
    }
    return ConvolutionGeometry(
      input: output, output: result, kernel: kernel, stride: stride, padding: padding)
  }

  private func mismatch(_ shape: Shape, expected: String) -> NetworkError {
    .shapeMismatch(layer: "ConvTranspose\(spatialAxes)d", expected: expected, found: shape)
  }
}

/// A transposed convolution in depth, height and width: [N, D, H, W, inC] to [N, D', H', W', outC].
public final class ConvTranspose3d: TransposedConvolution {
  /// A transposed convolution whose weights are drawn by He's rule from `generator`.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, bias: Bool = true, using generator: inout SeededGenerator
  ) {
    func cube(_ n: Int) -> Extent { Extent(depth: n, height: n, width: n) }
    super.init(
      inputChannels, outputChannels, kernel: cube(kernelSize), stride: cube(stride), padding: cube(padding),
      outputPadding: cube(outputPadding), spatialAxes: 3, bias: bias, using: &generator)
  }
}

/// A transposed convolution in height and width: [N, H, W, inC] to [N, H', W', outC].
public final class ConvTranspose2d: TransposedConvolution {
  /// A transposed convolution whose weights are drawn by He's rule from `generator`.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, bias: Bool = true, using generator: inout SeededGenerator
  ) {
    func square(_ n: Int, depth: Int) -> Extent { Extent(depth: depth, height: n, width: n) }
    super.init(
      inputChannels, outputChannels, kernel: square(kernelSize, depth: 1), stride: square(stride, depth: 1),
      padding: square(padding, depth: 0), outputPadding: square(outputPadding, depth: 0), spatialAxes: 2,
      bias: bias, using: &generator)
  }
}
