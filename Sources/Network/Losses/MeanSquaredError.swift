internal import CKernels

/// A loss and its gradient with respect to the prediction.
public struct Loss {
  /// The value that is minimised.
  public let value: Double
  /// Its gradient, of the prediction's shape.
  public let gradient: Tensor

  /// A loss of this value and gradient.
  public init(value: Double, gradient: Tensor) {
    self.value = value
    self.gradient = gradient
  }
}

/// `Σ_t w_t · mean((x_t - y_t)²)` over the frames t of cubes [N, T, H, W, C], averaged over the batch.
///
/// `weights` has one entry per frame; nil means 1/T each, the plain mean squared error (any shape).
public func meanSquaredError(_ prediction: Tensor, _ target: Tensor, frameWeights: [Float]? = nil) -> Loss {
  precondition(prediction.shape == target.shape, "\(prediction.shape) against \(target.shape)")
  let batch = prediction.shape.batch
  let weights = frameWeights ?? [1]
  let frame = prediction.count / batch / weights.count
  let gradient = Tensor(uninitialized: prediction.shape)
  var value = 0.0
  for n in 0..<batch {
    for (t, weight) in weights.enumerated() {
      let start = (n * weights.count + t) * frame
      let share = weight / Float(frame * batch)
      let sum = ck_difference(
        prediction.pointer + start, target.pointer + start, Int64(frame), 2 * share, gradient.pointer + start)
      value += Double(share) * sum
    }
  }
  return Loss(value: value, gradient: gradient)
}
