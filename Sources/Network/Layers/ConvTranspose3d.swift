/// The adjoint of a strided convolution, which doubles sizes at stride 2: [N, D, H, W, inC] to [N, D', H', W', outC],
/// with `D' = (D - 1) * stride - 2 * padding + kernelSize + outputPadding`.
public final class ConvTranspose3d: Layer {
  let inputChannels: Int
  let outputChannels: Int
  let kernel: Extent
  let stride: Extent
  let padding: Extent
  let outputPadding: Int
  let weight: Parameter
  let bias: Parameter?
  let kernels = ConvolutionKernels()
  private var input: (geometry: ConvolutionGeometry, x: Tensor)?

  /// A transposed convolution whose weights are drawn by He's rule from `generator`.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, bias: Bool = true, using generator: inout SeededGenerator
  ) {
    func cube(_ n: Int) -> Extent { Extent(depth: n, height: n, width: n) }
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernel = cube(kernelSize)
    self.stride = cube(stride)
    self.padding = cube(padding)
    self.outputPadding = outputPadding
    // An output position sees kernel/stride taps per axis.
    let fanIn = max(1, kernel.product / self.stride.product) * inputChannels
    weight = Parameter(
      "weight", .heNormal([kernel.product, inputChannels, outputChannels], fanIn: fanIn, using: &generator),
      decays: true, layout: .transposedConvolution(spatialAxes: 3))
    self.bias = bias ? Parameter("bias", Tensor([outputChannels])) : nil
  }

  /// `weight` and, where there is one, `bias`.
  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

  /// The result, [N, D', H', W', outC].
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try kernels.convolveTransposed(
      adjoint(for: x.shape), x, weight.value, .init(shift: bias?.value), on: compute)
  }

  /// The result, remembering the input.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    input = (try adjoint(for: x.shape), x)
    return try self(x, on: compute)
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
    return try kernels.convolve(g, gradient, forward, on: compute)
  }

  /// The convolution that this layer is the adjoint of: from this layer's output to its input.
  func adjoint(for shape: Shape) throws(NetworkError) -> ConvolutionGeometry {
    guard shape.rank == 5, shape.channels == inputChannels else {
      throw .shapeMismatch(
        layer: "ConvTranspose3d", expected: "5 axes with \(inputChannels) channels last", found: shape)
    }
    let s = shape.sizes
    func size(_ i: Int) -> Int {
      (i - 1) * stride.width - 2 * padding.width + kernel.width + outputPadding
    }
    let output: Shape = [s[0], size(s[1]), size(s[2]), size(s[3]), outputChannels]
    guard output.sizes.allSatisfy({ $0 > 0 }) else {
      throw .shapeMismatch(
        layer: "ConvTranspose3d", expected: "sizes that leave something after the padding", found: shape)
    }
    return ConvolutionGeometry(
      input: output, output: shape, kernel: kernel,
      stride: stride, padding: padding)
  }
}
