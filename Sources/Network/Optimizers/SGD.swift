internal import CKernels

/// Stochastic gradient descent with momentum (as PyTorch writes it) and L2 decay of weights.
public final class SGD: Optimizer {
  /// The step length.
  public var learningRate: Float
  /// How many updates there were.
  public var step = 0
  private let momentum: Float
  private let weightDecay: Float
  private let slots: [(name: String, parameter: Parameter, velocity: Tensor)]

  /// For these parameters; those that are not trained are left alone.
  public init(
    _ parameters: [(name: String, parameter: Parameter)], learningRate: Float, momentum: Float = 0,
    weightDecay: Float = 0
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    slots = parameters.filter(\.parameter.isTrained).map {
      ($0.name, $0.parameter, Tensor($0.parameter.value.shape))
    }
  }

  /// One step.
  public func update() {
    step += 1
    for slot in slots {
      guard let gradient = slot.parameter.gradient else { continue }
      ck_sgd(
        slot.parameter.value.pointer, gradient.pointer, slot.velocity.pointer, Int64(gradient.count),
        learningRate,
        momentum, slot.parameter.decays ? weightDecay : 0)
    }
  }

  /// The velocity of every parameter.
  public var state: [(name: String, tensor: Tensor)] {
    slots.map { ("sgd.velocity." + $0.name, $0.velocity) }
  }
}
