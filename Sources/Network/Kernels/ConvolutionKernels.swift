internal import CKernels
internal import COneDNN
import Synchronization

/// A convolution, its adjoint and its weight gradient: by our own kernels where they carry the shape, which is where our
/// networks spend their time, else by oneDNN, whose primitives are made once per shape and kept.
///
/// Weights are [kD, kH, kW, inC, outC] of the direction that is run.
final class ConvolutionKernels {
  private struct Key: Hashable {
    let geometry: ConvolutionGeometry
    let direction: od_direction.RawValue
  }

  /// oneDNN's primitives hold the buffers that they run on: one thread at a time.
  private let oneDNNTurn = Mutex(())
  private var prepared: [Key: OneDNNConvolution] = [:]
  /// Leaves everything to oneDNN: the independent implementation that tests compare with.
  var usesOneDNNOnly = false

  /// What follows a convolution in the same pass: `y = act(sum + shift[channel])`.
  struct Epilogue {
    var shift: Tensor?
    /// 1 for the identity, 0 for ReLU, between for leaky ReLU.
    var slope: Float = 1

    var forKernels: ck_epilogue { ck_epilogue(shift: shift.map { UnsafePointer($0.pointer) }, slope: slope) }
  }

  /// The convolution.
  ///
  /// - Parameter isTraining: Whether Winograd's algorithm may be used with weights that are transformed for this call, where there
  ///   is enough to do; a network for inference must give the same for a part of a batch as for the whole.
  func convolve(
    _ g: ConvolutionGeometry, _ x: Tensor, _ w: Tensor, _ epilogue: Epilogue = Epilogue(),
    isTraining: Bool = false, on compute: Compute
  ) throws(NetworkError) -> Tensor {
    if isTraining, paysByWinograd(g) {
      return try convolveByWinograd(g, x, w, tapsReversed: false, epilogue, on: compute)
    }
    let y = Tensor(uninitialized: g.output)
    var sizes = g.forKernels
    if !usesOneDNNOnly, ck_carries_convolution(&sizes) != 0 {
      try check(ck_convolution(&sizes, x.pointer, w.pointer, epilogue.forKernels, y.pointer, compute.count))
    } else if !usesOneDNNOnly, ck_carries_single_channel_convolution(&sizes) != 0 {
      let shift = epilogue.shift?.pointer[0] ?? 0
      try check(ck_single_channel_convolution(&sizes, x.pointer, w.pointer, shift, y.pointer, compute.count))
      if epilogue.slope != 1 {
        ck_leaky_relu(y.pointer, Int64(y.count), epilogue.slope, y.pointer, compute.count)
      }
    } else {
      try runOneDNN(g, OD_FORWARD, x.pointer, w.pointer, into: y.pointer)
      apply(epilogue, to: y, on: compute)
    }
    return y
  }

  /// The adjoint: from a tensor like `g.output` to one like `g.input`; `w` is [kD, kH, kW, outC, inC]. `isTraining` as above.
  func convolveTransposed(
    _ g: ConvolutionGeometry, _ x: Tensor, _ w: Tensor, _ epilogue: Epilogue = Epilogue(),
    isTraining: Bool = false, on compute: Compute
  ) throws(NetworkError) -> Tensor {
    if isTraining, g.stride.product == 1, paysByWinograd(g.withRolesExchanged) {
      return try convolveByWinograd(
        g.withRolesExchanged, x, w, tapsReversed: true, epilogue, on: compute)
    }
    let y = Tensor(uninitialized: g.input)
    var sizes = g.forKernels
    if isTraining, paysByWinograd(g, ck_carries_winograd_transposed) {
      let weights = WinogradWeights.transposed(w, &sizes)
      try check(
        ck_winograd_transposed(
          &sizes, x.pointer, weights.pointer, epilogue.forKernels, y.pointer, compute.count))
    } else if !usesOneDNNOnly, ck_carries_transposed_convolution(&sizes) != 0 {
      try check(
        ck_transposed_convolution(&sizes, x.pointer, w.pointer, epilogue.forKernels, y.pointer, compute.count)
      )
    } else {
      let forward = transposeTaps(w, taps: g.kernel.product, rows: g.outputChannels, columns: g.inputChannels)
      try runOneDNN(g, OD_INPUT_GRADIENT, x.pointer, forward.pointer, into: y.pointer)
      apply(epilogue, to: y, on: compute)
    }
    return y
  }

  /// The gradient of the weights, [kD, kH, kW, inC, outC].
  func weightGradient(
    _ g: ConvolutionGeometry, _ x: Tensor, _ gy: Tensor, on compute: Compute
  ) throws(NetworkError) -> Tensor {
    let gw = Tensor(uninitialized: [g.kernel.product, g.inputChannels, g.outputChannels])
    var sizes = g.forKernels
    var exchanged = g.withRolesExchanged.forKernels
    if paysByWinograd(g) {
      try check(ck_winograd_weight_gradient(&sizes, x.pointer, gy.pointer, gw.pointer, compute.count))
    } else if !usesOneDNNOnly, ck_carries_weight_gradient(&sizes) != 0 {
      try check(ck_weight_gradient(&sizes, x.pointer, gy.pointer, gw.pointer, compute.count))
    } else if !usesOneDNNOnly, g.outputChannels == 1, g.stride.product == 1,
      ck_carries_weight_gradient(&exchanged) != 0
    {
      try check(ck_weight_gradient(&exchanged, gy.pointer, x.pointer, gw.pointer, compute.count))
      reverseTaps(gw, taps: g.kernel.product)
    } else {
      try runOneDNN(g, OD_WEIGHT_GRADIENT, x.pointer, gy.pointer, into: gw.pointer)
    }
    return gw
  }

  /// Fewer output positions than these 32 tiles do not make up for transforming the weights, which takes as long as some
  /// seven tiles save.
  private static let fewestWinogradPositions = 512

  /// Whether a kernel by Winograd's algorithm carries the shape and saves time.
  private func paysByWinograd(
    _ g: ConvolutionGeometry,
    _ carries: (UnsafePointer<ck_geometry>?) -> Int32 = ck_carries_winograd
  ) -> Bool {
    var sizes = g.forKernels
    return !usesOneDNNOnly && g.output.rows >= Self.fewestWinogradPositions && carries(&sizes) != 0
  }

  private func convolveByWinograd(
    _ g: ConvolutionGeometry, _ x: Tensor, _ w: Tensor, tapsReversed: Bool, _ epilogue: Epilogue,
    on compute: Compute
  ) throws(NetworkError) -> Tensor {
    var sizes = g.forKernels
    let weights = WinogradWeights.transformed(w, &sizes, tapsReversed: tapsReversed)
    let y = Tensor(uninitialized: g.output)
    let unpooled = Extent(depth: 1, height: 1, width: 1)
    try check(
      ck_winograd(
        &sizes, x.pointer, weights.pointer, epilogue.forKernels, unpooled.forKernels, y.pointer, compute.count
      ))
    return y
  }

  private func runOneDNN(
    _ g: ConvolutionGeometry, _ direction: od_direction, _ first: UnsafePointer<Float>,
    _ second: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
  ) throws(NetworkError) {
    let key = Key(geometry: g, direction: direction.rawValue)
    try oneDNNTurn.withLock { _ throws(NetworkError) in
      if prepared[key] == nil { prepared[key] = try OneDNNConvolution(g, direction, on: .oneThread) }
      try prepared[key]?.run(first, second, into: result)
    }
  }

  private func apply(_ epilogue: Epilogue, to y: Tensor, on compute: Compute) {
    let channels = y.shape.channels
    guard epilogue.shift != nil || epilogue.slope != 1 else { return }
    let ones = Tensor([channels], repeating: 1)
    let shift = epilogue.shift ?? Tensor([channels])
    ck_scale_shift(
      y.pointer, Int64(y.shape.rows), Int64(channels), ones.pointer, shift.pointer, epilogue.slope, y.pointer,
      compute.count)
  }

  private func check(_ status: Int32) throws(NetworkError) {
    guard status == 0 else { throw .outOfMemory(operation: "a convolution") }
  }
}

/// `[taps, rows, columns]` as `[taps, columns, rows]`.
func transposeTaps(_ w: Tensor, taps: Int, rows: Int, columns: Int) -> Tensor {
  let made = Tensor(uninitialized: [taps, columns, rows])
  let (from, to) = (w.pointer, made.pointer)
  for tap in 0..<taps {
    let start = tap * rows * columns
    for row in 0..<rows {
      for column in 0..<columns {
        to[start + column * rows + row] = from[start + row * columns + column]
      }
    }
  }
  return made
}

/// The taps of `[taps, …]` in reverse order, in place.
func reverseTaps(_ w: Tensor, taps: Int) {
  let size = w.count / taps
  for tap in 0..<taps / 2 {
    for i in 0..<size {
      swap(&w.pointer[tap * size + i], &w.pointer[(taps - 1 - tap) * size + i])
    }
  }
}
