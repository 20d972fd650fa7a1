internal import CKernels

/// Adam (Kingma and Ba 2015, algorithm 1), with decay of weights in their gradient or beside it.
public final class Adam: Optimizer {
  /// The step length.
  public var learningRate: Float
  /// How many updates there were.
  public var step = 0
  private let (beta1, beta2): (Float, Float)
  private let epsilon: Float
  private let weightDecay: Float
  private let decoupledWeightDecay: Float
  private let slots: [(name: String, parameter: Parameter, mean: Tensor, variance: Tensor)]

  /// For these parameters; those that are not trained are left alone.
  ///
  /// - Parameters:
  ///   - weightDecay: What is added to the gradient of a weight, per unit of it.
  ///   - decoupledWeightDecay: What every step takes off a weight, per unit of it and of the step length (AdamW: Loshchilov and
  ///     Hutter 2019). Decay in the gradient is divided by the gradient's size like the rest of it, and wears weights away that
  ///     have little.
  public init(
    _ parameters: [(name: String, parameter: Parameter)], learningRate: Float = 1e-3,
    betas: (Float, Float) = (0.9, 0.999), epsilon: Float = 1e-8, weightDecay: Float = 0,
    decoupledWeightDecay: Float = 0
  ) {
    self.learningRate = learningRate
    (beta1, beta2) = betas
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupledWeightDecay = decoupledWeightDecay
    slots = parameters.filter(\.parameter.isTrained).map {
      ($0.name, $0.parameter, Tensor($0.parameter.value.shape), Tensor($0.parameter.value.shape))
    }
  }

  /// One step.
  public func update() {
    step += 1
    for slot in slots {
      guard let gradient = slot.parameter.gradient else { continue }
      ck_adam(
        slot.parameter.value.pointer, gradient.pointer, slot.mean.pointer, slot.variance.pointer,
        Int64(gradient.count), learningRate, beta1, beta2, epsilon, slot.parameter.decays ? weightDecay : 0,
        slot.parameter.decays ? decoupledWeightDecay : 0, Int64(step))
    }
  }

  /// Both moments of every parameter.
  public var state: [(name: String, tensor: Tensor)] {
    slots.flatMap { [("adam.mean." + $0.name, $0.mean), ("adam.variance." + $0.name, $0.variance)] }
  }
}
