internal import CKernels

/// A convolution with what follows it: folded normalisation, rectifier, pooling.
struct FusedConvolution {
  enum Direction {
    case forward(Convolution)
    case transposed(TransposedConvolution)
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
    case let layer as TransposedConvolution:
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
    let scales = (0..<channels).map { Self.held(scale.pointer[$0]) }
    for i in 0..<weight.count { weight.pointer[i] = Self.held(weight.pointer[i] * scales[i % channels]) }
    let folded = (0..<channels).map { Self.held(shift.pointer[$0] * scales[$0] + offset.pointer[$0]) }
    shift = Tensor([channels], folded)
  }

  /// What finite numbers of a file make that is too large for a float, or so large that a few of them are, is held at an end.
  private static func held(_ value: Float) -> Float {
    let end = Float.greatestFiniteMagnitude / 8
    return max(-end, min(end, value))
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
    switch direction {
    case .transposed(let layer):
      let g = try layer.adjoint(for: x.shape)
      let y =
        carries(g)
        ? try run(g, x, into: g.input, on: compute)
        : try layer.kernels.convolveTransposed(g, x, weight, epilogue, on: compute)
      return y.reshaped(to: g.input.with(spatialAxes: layer.spatialAxes))
    case .forward(let layer):
      let g = try layer.geometry(for: x.shape)
      guard carries(g) else {
        let y = try layer.kernels.convolve(g, x, weight, epilogue, on: compute)
          .reshaped(to: g.output.with(spatialAxes: layer.spatialAxes))
        return try pooling?(y, on: compute) ?? y
      }
      let y = try run(g, x, into: pooled(g.output), on: compute)
      return y.reshaped(to: y.shape.with(spatialAxes: layer.spatialAxes))
    }
  }

  private var epilogue: ConvolutionKernels.Epilogue { .init(shift: shift, slope: slope) }

  private func run(
    _ g: ConvolutionGeometry, _ x: Tensor, into shape: Shape, on compute: Compute
  ) throws(NetworkError) -> Tensor {
    let y = Tensor(uninitialized: shape)
    try run(g.forKernels, from: x.pointer, to: y.pointer, on: compute)
    return y
  }

  /// The shape of an output [N, D, H, W, C] once it is pooled.
  func pooled(_ output: Shape) -> Shape {
    let s = output.sizes
    return [s[0], s[1] / window.depth, s[2] / window.height, s[3] / window.width, s[4]]
  }

  /// Whether our own kernels can do it, with the pooling.
  func carries(_ g: ConvolutionGeometry) -> Bool {
    var sizes = g.forKernels
    switch direction {
    case .transposed: return ck_carries_transposed_convolution(&sizes) != 0
    case .forward:
      guard pooling != nil else {
        return ck_carries_convolution(&sizes) != 0 || ck_carries_single_channel_convolution(&sizes) != 0
      }
      let s = g.output.sizes
      return ck_carries_convolution(&sizes) != 0 && s[1] % window.depth == 0 && s[2] % window.height == 0
        && s[3] % window.width == 0
    }
  }

  /// Sets the output of a geometry that the kernels carry, pooled where a pooling follows.
  func run(
    _ geometry: ck_geometry, from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, on compute: Compute
  ) throws(NetworkError) {
    var g = geometry
    let (w, epilogue) = (weight.pointer, epilogue.forKernels)
    let status: Int32
    switch direction {
    case .transposed:
      if let weights = winogradWeights.transposed(g, weight) {
        status = ck_winograd_transposed(&g, from, weights.pointer, epilogue, to, compute.count)
      } else {
        status = ck_transposed_convolution(&g, from, w, epilogue, to, compute.count)
      }
    case .forward:
      if let weights = winogradWeights(g, weight, window: window) {
        status = ck_winograd(&g, from, weights.pointer, epilogue, window.forKernels, to, compute.count)
      } else if pooling != nil {
        status = ck_convolution_max_pool(&g, from, w, epilogue, window.forKernels, to, compute.count)
      } else if g.out_channels == 1 {
        status = ck_single_channel_convolution(&g, from, w, shift.pointer[0], to, compute.count)
        let count = g.batch * g.out_depth * g.out_height * g.out_width
        if slope != 1 { ck_leaky_relu(to, count, slope, to, compute.count) }
      } else {
        status = ck_convolution(&g, from, w, epilogue, to, compute.count)
      }
    }
    guard status == 0 else { throw .outOfMemory(operation: "a convolution") }
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
