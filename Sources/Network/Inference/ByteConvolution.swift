internal import CKernels

/// A fused convolution in 8-bit integers: weights as signed bytes with a scale for each output channel, activations as
/// unsigned bytes with a scale and a zero for the whole.
///
/// Owns the packed weights and what belongs to them from init to deinit.
final class ByteConvolution {
  /// The table of the logistic function: steps of 1/512 up to ±16, where it has come to its ends.
  private static let stepsPerUnit: Float = 512
  private static let tableReach: Int32 = 16 * 512
  /// The most units of a sum that a channel's shift may come to, so that there is room for the products beside it.
  private static let largestShift: Float = 1e9

  private let fused: FusedConvolution
  private let input: ActivationRange
  private let output: ActivationRange?
  private let shift: UnsafeMutablePointer<Int32>
  private let factor: UnsafeMutablePointer<Float>
  private let table: Tensor?
  private let packed: Packed

  /// Weights in the order in which the kernels read them, which does not depend on the sizes of what they are laid over.
  private struct Packed {
    let weights: UnsafeMutableRawPointer
    let offsets: UnsafeMutablePointer<Int32>

    init(_ quantized: [Int8], of fused: FusedConvolution, inputZero: Int32) {
      var (g, transposed) = fused.channelsAndTaps
      let bytes = Int(ck_packed_byte_weights(&g, transposed))
      weights = .allocate(byteCount: bytes, alignment: 64)
      offsets = .allocate(capacity: Int(ck_byte_offsets(&g, transposed)))
      ck_pack_byte_weights(
        &g, transposed, quantized, inputZero, weights.bindMemory(to: Int8.self, capacity: bytes), offsets)
    }
  }

  /// The bytes of a convolution whose input and output have these ranges; one without a range for its output has one
  /// channel, and a logistic function after it.
  init(_ fused: FusedConvolution, input: ActivationRange, output: ActivationRange?) {
    (self.fused, self.input, self.output) = (fused, input, output)
    let (weight, channels) = (fused.weight, fused.shift.count)
    shift = .allocate(capacity: channels)
    factor = .allocate(capacity: channels)
    var quantized = [Int8](repeating: 0, count: weight.count)
    for channel in 0..<channels {
      let indices = stride(from: channel, to: weight.count, by: channels)
      let constant = fused.shift.pointer[channel]
      // Beside a shift of so many units, weights that are next to nothing may as well be nothing.
      let leastUnit = max(abs(constant) / Self.largestShift, Float.leastNormalMagnitude)
      let weights = ByteWeights(
        indices.map { weight.pointer[$0] }, rowOfTaps: fused.rowOfTaps,
        leastScale: max(leastUnit / input.scale, .leastNormalMagnitude))
      for (i, byte) in zip(indices, weights.bytes) { quantized[i] = byte }
      let unit = max(weights.scale * input.scale, leastUnit)
      shift[channel] = Int32((constant / unit).rounded())
      factor[channel] = output.map { unit / $0.scale } ?? unit * Self.stepsPerUnit
    }
    table = output == nil ? Self.logisticTable() : nil
    packed = Packed(quantized, of: fused, inputZero: input.zero)
  }

  deinit {
    shift.deallocate()
    factor.deallocate()
    packed.weights.deallocate()
    packed.offsets.deallocate()
  }

  /// `1 / (1 + exp(-x))`, by operations that give the same on every processor.
  private static func logisticTable() -> Tensor {
    let reach = Int(tableReach)
    // exp of one step by its series, then of each step by the one before.
    let step = -1 / Double(stepsPerUnit)
    let ratio = 1 + step * (1 + step / 2 * (1 + step / 3 * (1 + step / 4 * (1 + step / 5))))
    var falling = 1.0
    var values = [Float](repeating: 0.5, count: 2 * reach + 1)
    for i in 1...reach {
      falling *= ratio
      values[reach + i] = Float(1 / (1 + falling))
      values[reach - i] = Float(falling / (1 + falling))
    }
    return Tensor([values.count], values)
  }

  /// Whether the kernels can do it.
  func carries(_ shape: Shape) throws(NetworkError) -> Bool {
    switch fused.direction {
    case .transposed(let layer):
      var g = try layer.adjoint(for: shape).forKernels
      return output != nil && ck_carries_byte_transposed_convolution(&g) != 0
    case .forward(let layer):
      let geometry = try layer.geometry(for: shape)
      var g = geometry.forKernels
      if output == nil { return fused.pooling == nil && ck_carries_byte_single_channel_convolution(&g) != 0 }
      let window = fused.window
      let s = geometry.output.sizes
      return ck_carries_byte_convolution(&g) != 0 && s[1] % window.depth == 0 && s[2] % window.height == 0
        && s[3] % window.width == 0
    }
  }

  /// Sets some steps of `y`, bytes or after a logistic function floats, from `x`, bytes.
  func run(_ x: Steps, into y: Steps, steps: Range<Int>, on compute: Compute) throws(NetworkError) {
    var g = try fused.geometry(from: x, to: steps).forKernels
    var layer = layer
    let from = x.bytes(at: x.range.lowerBound)
    let status: Int32
    if let table {
      status = ck_byte_single_channel_convolution(
        &g, from, &layer, table.pointer, Self.tableReach, y.floats(at: steps.lowerBound), compute.count)
    } else if case .transposed = fused.direction {
      status = ck_byte_transposed_convolution(&g, from, &layer, y.bytes(at: steps.lowerBound), compute.count)
    } else {
      status = ck_byte_convolution(
        &g, from, &layer, fused.pooling?.window.forKernels, y.bytes(at: steps.lowerBound), compute.count)
    }
    guard status == 0 else { throw .outOfMemory(operation: "a convolution") }
  }

  private var layer: ck_byte_layer {
    ck_byte_layer(
      weights: packed.weights.assumingMemoryBound(to: Int8.self), offsets: packed.offsets, shift: shift,
      factor: factor, slope: fused.slope, zero: output?.zero ?? 0)
  }
}

extension FusedConvolution {
  /// Weights of one channel in a row of taps.
  fileprivate var rowOfTaps: Int {
    switch direction {
    case .forward(let layer): layer.kernel.width * layer.inputChannels
    case .transposed(let layer): layer.kernel.width * layer.inputChannels
    }
  }

  /// A geometry of these taps and channels whose sizes mean nothing, and whether it is a transposed convolution's.
  fileprivate var channelsAndTaps: (geometry: ck_geometry, transposed: Int32) {
    func geometry(_ inputs: Int, _ outputs: Int, _ kernel: Extent, _ stride: Extent) -> ck_geometry {
      ConvolutionGeometry(
        input: [1, 1, 1, 1, inputs], output: [1, 1, 1, 1, outputs], kernel: kernel, stride: stride,
        padding: Extent(depth: 0, height: 0, width: 0)
      ).forKernels
    }
    switch direction {
    case .forward(let layer):
      return (geometry(layer.inputChannels, layer.outputChannels, layer.kernel, layer.stride), 0)
    case .transposed(let layer):
      return (geometry(layer.outputChannels, layer.inputChannels, layer.kernel, layer.stride), 1)
    }
  }
}

extension ByteConvolution: ByteStage {
  func outputShape(for shape: Shape) throws(NetworkError) -> Shape {
    let s = try pictureGeometry(for: shape).output.sizes
    return [1, s[1], s[2] / fused.window.height, s[3] / fused.window.width, s[4]]
  }

  func fill(_ y: Steps, channel: Int, from x: Steps, on compute: Compute) throws(NetworkError) {
    var g = try pictureGeometry(for: x.whole).forKernels
    guard ck_carries_byte_convolution(&g) != 0,
      fused.pooling == nil || channel == 0 && y.channels == Int(g.out_channels),
      g.out_height % Int64(fused.window.height) == 0, g.out_width % Int64(fused.window.width) == 0
    else {
      throw .kernelFailed(
        operation: "a convolution in 8-bit integers", reason: "\(x.whole) is no shape for it")
    }
    if fused.pooling == nil { g.out_stride = Int64(y.channels) }
    var layer = layer
    let status = ck_byte_convolution(
      &g, x.bytes(at: 0), &layer, fused.pooling?.window.forKernels, y.bytes(at: 0) + channel, compute.count)
    guard status == 0 else { throw .outOfMemory(operation: "a convolution") }
  }

  private func pictureGeometry(for shape: Shape) throws(NetworkError) -> ConvolutionGeometry {
    guard case .forward(let layer) = fused.direction else {
      throw .kernelFailed(
        operation: "a network in 8-bit integers", reason: "a transposed convolution has no pictures")
    }
    return try layer.geometry(for: shape.ofPictures).withPicturesAsSteps
  }
}

extension Steps {
  /// These steps, floats, as bytes.
  func quantized(_ range: ActivationRange, on compute: Compute) -> Steps {
    let made = Steps(self.range, of: whole, as: .bytes)
    let first = self.range.lowerBound
    ck_quantize(
      floats(at: first), Int64(self.range.count * height), Int64(width), Int64(channels), 1 / range.scale,
      range.zero, made.bytes(at: first), compute.count)
    return made
  }
}
