/// A convolution with what follows it: folded normalisation, rectifier, pooling.
struct FusedConvolution {
  enum Direction {
    case forward(Convolution)
    case transposed(ConvTranspose3d)
  }

  let direction: Direction
  /// Whether it was a dense layer, which takes any number of axes.
  let isDense: Bool
  let weight: Tensor
  private(set) var shift: Tensor
  private(set) var pooling: MaxPool?
  var slope: Float = 1
  let winogradWeights = WinogradWeights()

  private init(_ direction: Direction, weight: Tensor, bias: Parameter?, channels: Int, isDense: Bool = false)
  {
    self.direction = direction
    self.isDense = isDense
    self.weight = weight
    shift = bias?.value.copy() ?? Tensor([channels])
  }

  /// A copy of the layer's weights, or nil for a layer that is no convolution.
  ///
  /// A dense layer is one of a single tap: unlike those of a matrix product of oneDNN's, its sums do not depend on how many
  /// rows there are.
  init?(_ layer: any Layer) {
    switch layer {
    case let layer as Convolution:
      self.init(
        .forward(layer), weight: layer.weight.value.copy(), bias: layer.bias, channels: layer.outputChannels)
    case let layer as ConvTranspose3d:
      self.init(
        .transposed(layer), weight: layer.weight.value.copy(), bias: layer.bias,
        channels: layer.outputChannels)
    case let layer as Linear where layer.outputs % 16 == 0:
      var unused = SeededGenerator(seed: 0)
      let convolution = Conv2d(
        inputChannels: layer.inputs, outputChannels: layer.outputs, kernelSize: 1, bias: false, using: &unused
      )
      let weight = transposeTaps(layer.weight.value, taps: 1, rows: layer.outputs, columns: layer.inputs)
      self.init(
        .forward(convolution), weight: weight, bias: layer.bias, channels: layer.outputs, isDense: true)
    default: return nil
    }
  }

  /// Multiplies each output channel's weights by the normalisation's scale, and moves its shift.
  mutating func fold(_ norm: BatchNorm) {
    let (scale, offset) = norm.inferenceScaleAndShift()
    let channels = scale.count
    for i in 0..<weight.count { weight.pointer[i] *= scale.pointer[i % channels] }
    let folded = (0..<channels).map { shift.pointer[$0] * scale.pointer[$0] + offset.pointer[$0] }
    shift = Tensor([channels], folded)
  }

  /// Whether the pooling can be done in the same pass; if so it will be, where sizes allow.
  mutating func takeOver(_ pooling: MaxPool) -> Bool {
    guard case .forward(let layer) = direction, layer.spatialAxes == pooling.spatialAxes, !isDense,
      !pooling.roundsUp,
      pooling.window == pooling.stride, pooling.padding.product == 0, pooling.padding.width == 0,
      pooling.padding.height == 0, pooling.padding.depth == 0
    else { return false }
    self.pooling = pooling
    return true
  }

  /// That of the pooling, or of one position.
  var window: Extent { pooling?.window ?? Extent(depth: 1, height: 1, width: 1) }

  func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    if isDense {
      let rows = try convolved(x.reshaped(to: [1, 1, x.shape.rows, x.shape.channels]), on: compute)
      return rows.reshaped(to: x.shape.withChannels(shift.count))
    }
    return try convolved(x, on: compute)
  }

  private func convolved(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let epilogue = ConvolutionKernels.Epilogue(shift: shift, slope: slope)
    switch direction {
    case .transposed(let layer):
      return try layer.kernels.convolveTransposed(
        layer.adjoint(for: x.shape), x, weight, epilogue, on: compute)
    case .forward(let layer):
      let g = try layer.geometry(for: x.shape)
      guard pooling == nil || layer.kernels.carriesPooled(g, window: window) else {
        let y = try layer.kernels.convolve(g, x, weight, epilogue, on: compute)
        return try pooling?(y.reshaped(to: layer.externalShape(g.output)), on: compute) ?? y
      }
      let y =
        if let weights = winogradWeights(g.forKernels, weight, window: window) {
          try layer.kernels.convolveByWinograd(g, x, weights, epilogue, window: window, on: compute)
        } else if pooling != nil {
          try layer.kernels.convolveAndPool(g, x, weight, epilogue, window: window, on: compute)
        } else {
          try layer.kernels.convolve(g, x, weight, epilogue, on: compute)
        }
      return y.reshaped(to: layer.externalShape(y.shape))
    }
  }
}

/// A fused convolution as a step of inference.
final class FrozenConvolution: Operation {
  let fused: FusedConvolution

  init(_ fused: FusedConvolution) { self.fused = fused }

  func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try fused(x, on: compute)
  }
}
