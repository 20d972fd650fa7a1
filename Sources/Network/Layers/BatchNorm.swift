internal import CKernels

/// Batch normalisation over all axes but the last (Ioffe and Szegedy 2015, algorithm 1), for any number of axes.
public final class BatchNorm: Layer {
  let channels: Int
  let epsilon: Float
  let momentum: Float
  let weight: Parameter
  let bias: Parameter
  let runningMean: Parameter
  let runningVariance: Parameter
  private var remembering: Remembered?

  private struct Remembered {
    let x: Tensor
    let mean: Tensor
    let scale: Tensor
    let shift: Tensor
    let inverseDeviation: Tensor
    let slope: Float
  }

  /// Normalises `channels` channels; running statistics move by `momentum` towards those of each batch.
  public init(_ channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1) {
    self.channels = channels
    self.epsilon = epsilon
    self.momentum = momentum
    weight = Parameter("weight", Tensor([channels], repeating: 1))
    bias = Parameter("bias", Tensor([channels]))
    runningMean = Parameter("running_mean", Tensor([channels]), isTrained: false)
    runningVariance = Parameter("running_var", Tensor([channels], repeating: 1), isTrained: false)
  }

  /// `weight` and `bias`, which are trained, and the running statistics.
  public var parameters: [Parameter] { [weight, bias, runningMean, runningVariance] }

  /// Normalises with the running statistics.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try self(x, slope: 1, on: compute)
  }

  /// Normalises with the statistics of the batch.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try forward(x, slope: 1, on: compute)
  }

  func callAsFunction(_ x: Tensor, slope: Float, on compute: Compute) throws(NetworkError) -> Tensor {
    try check(x)
    let (scale, shift) = inferenceScaleAndShift()
    return apply(x, scale, shift, slope, on: compute)
  }

  /// With a leaky ReLU of this slope after it, in the same pass over memory.
  func forward(_ x: Tensor, slope: Float, on compute: Compute) throws(NetworkError) -> Tensor {
    try check(x)
    let mean = Tensor(uninitialized: [channels])
    let variance = Tensor(uninitialized: [channels])
    let status = ck_moments(
      x.pointer, Int64(x.shape.rows), Int64(channels), mean.pointer, variance.pointer, compute.count)
    guard status == 0 else { throw .outOfMemory(operation: "batch normalisation") }
    updateRunning(mean, variance, rows: x.shape.rows)
    let (scale, shift, inverseDeviation) = scaleAndShift(mean, variance)
    remembering = Remembered(
      x: x, mean: mean, scale: scale, shift: shift, inverseDeviation: inverseDeviation, slope: slope)
    return apply(x, scale, shift, slope, on: compute)
  }

  /// The gradient of algorithm 1, written as one linear map per channel: `gx = a * g + b * x + d`, where g is the
  /// incoming gradient behind the activation.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    let r = try remembered(remembering, "batch normalisation")
    let (rows, sumG, sumGX) = (
      Int64(r.x.shape.rows), Tensor(uninitialized: [channels]), Tensor(uninitialized: [channels])
    )
    let status = ck_scale_shift_sums(
      r.x.pointer, gradient.pointer, rows, Int64(channels), r.scale.pointer, r.shift.pointer, r.slope,
      sumG.pointer,
      sumGX.pointer, compute.count)
    guard status == 0 else { throw .outOfMemory(operation: "batch normalisation") }
    let weightGradient = Tensor(uninitialized: [channels])
    let (b, d) = (Tensor(uninitialized: [channels]), Tensor(uninitialized: [channels]))
    for c in 0..<channels {
      let inverse = r.inverseDeviation.pointer[c]
      let gamma = (sumGX.pointer[c] - r.mean.pointer[c] * sumG.pointer[c]) * inverse
      weightGradient.pointer[c] = gamma
      b.pointer[c] = -r.scale.pointer[c] * inverse * gamma / Float(rows)
      d.pointer[c] = -r.scale.pointer[c] * sumG.pointer[c] / Float(rows) - b.pointer[c] * r.mean.pointer[c]
    }
    weight.gradient = weightGradient
    bias.gradient = sumG
    guard needsInputGradient else { return nil }
    let gx = Tensor(uninitialized: r.x.shape)
    ck_scale_shift_gradient(
      r.x.pointer, gradient.pointer, rows, Int64(channels), r.scale.pointer, r.shift.pointer, r.slope,
      r.scale.pointer, b.pointer, d.pointer, gx.pointer, compute.count)
    return gx
  }

  /// `y = x * scale + shift` of inference, which a convolution before this layer can take over.
  func inferenceScaleAndShift() -> (scale: Tensor, shift: Tensor) {
    let (scale, shift, _) = scaleAndShift(runningMean.value, runningVariance.value)
    return (scale, shift)
  }

  private func scaleAndShift(
    _ mean: Tensor, _ variance: Tensor
  ) -> (scale: Tensor, shift: Tensor, inverseDeviation: Tensor) {
    let inverse = Tensor([channels], variance.values.map { 1 / ($0 + epsilon).squareRoot() })
    let scale = Tensor([channels], zip(weight.value.values, inverse.values).map { $0 * $1 })
    let shift = Tensor(
      [channels], (0..<channels).map { bias.value.pointer[$0] - mean.pointer[$0] * scale.pointer[$0] })
    return (scale, shift, inverse)
  }

  private func apply(
    _ x: Tensor, _ scale: Tensor, _ shift: Tensor, _ slope: Float, on compute: Compute
  ) -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    ck_scale_shift(
      x.pointer, Int64(x.shape.rows), Int64(channels), scale.pointer, shift.pointer, slope, y.pointer,
      compute.count)
    return y
  }

  /// Running statistics use the unbiased variance, as PyTorch's do.
  private func updateRunning(_ mean: Tensor, _ variance: Tensor, rows: Int) {
    let unbiased = rows > 1 ? Float(rows) / Float(rows - 1) : 1
    for c in 0..<channels {
      runningMean.value.pointer[c] += momentum * (mean.pointer[c] - runningMean.value.pointer[c])
      runningVariance.value.pointer[c] +=
        momentum * (variance.pointer[c] * unbiased - runningVariance.value.pointer[c])
    }
  }

  private func check(_ x: Tensor) throws(NetworkError) {
    guard x.shape.channels == channels else {
      throw .shapeMismatch(layer: "BatchNorm", expected: "\(channels) channels last", found: x.shape)
    }
  }
}

/// Batch normalisation and the leaky ReLU after it, as one pass over memory. Parameters belong to the former.
final class NormalizedRectifier: Layer {
  private let norm: BatchNorm
  private let slope: Float

  init(_ norm: BatchNorm, slope: Float) {
    self.norm = norm
    self.slope = slope
  }

  func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try norm(x, slope: slope, on: compute)
  }

  func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try norm.forward(x, slope: slope, on: compute)
  }

  func backward(_ gradient: Tensor, needsInputGradient: Bool, on compute: Compute) throws(NetworkError)
    -> Tensor?
  {
    try norm.backward(gradient, needsInputGradient: needsInputGradient, on: compute)
  }
}
