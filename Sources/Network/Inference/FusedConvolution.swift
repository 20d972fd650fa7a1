/// A convolution with what follows it: folded normalisation, rectifier, pooling.
struct FusedConvolution {
  enum Direction {
    case forward(Convolution)
    case transposed(ConvTranspose3d)
  }

  let direction: Direction
  let weight: Tensor
  private(set) var shift: Tensor
  private(set) var pooling: MaxPool?
  var slope: Float = 1

  /// A copy of the layer's weights, or nil for a layer that is no convolution.
  init?(_ layer: any Layer) {
    let (direction, weight, bias, channels): (Direction, Parameter, Parameter?, Int)
    switch layer {
    case let layer as Convolution:
      (direction, weight, bias, channels) = (.forward(layer), layer.weight, layer.bias, layer.outputChannels)
    case let layer as ConvTranspose3d:
      (direction, weight, bias, channels) = (
        .transposed(layer), layer.weight, layer.bias, layer.outputChannels
      )
    default: return nil
    }
    self.direction = direction
    self.weight = weight.value.copy()
    self.shift = bias?.value.copy() ?? Tensor([channels])
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
    guard case .forward(let layer) = direction, layer.spatialAxes == 3, pooling.spatialAxes == 3,
      pooling.window == pooling.stride, pooling.padding.product == 0, pooling.padding.width == 0,
      pooling.padding.height == 0, pooling.padding.depth == 0
    else { return false }
    self.pooling = pooling
    return true
  }

  func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let epilogue = ConvolutionKernels.Epilogue(shift: shift, slope: slope)
    switch direction {
    case .transposed(let layer):
      return try layer.kernels.convolveTransposed(
        layer.adjoint(for: x.shape), x, weight, epilogue, on: compute)
    case .forward(let layer):
      let g = try layer.geometry(for: x.shape)
      guard let pooling else {
        let y = try layer.kernels.convolve(g, x, weight, epilogue, on: compute)
        return y.reshaped(to: layer.externalShape(g.output))
      }
      guard layer.kernels.carriesPooled(g, window: pooling.window) else {
        return try pooling(layer.kernels.convolve(g, x, weight, epilogue, on: compute), on: compute)
      }
      return try layer.kernels.convolveAndPool(g, x, weight, epilogue, window: pooling.window, on: compute)
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
