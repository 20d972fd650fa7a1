public import Network

/// How a person detector is trained.
public struct DetectorTrainingOptions: Sendable, Hashable, Codable {
  /// When to end.
  public var budget: TrainingBudget
  /// What all randomness comes from.
  public var seed: UInt64 = 1
  /// Adam's longest step; reached after `warmUpSteps`, it falls to a hundredth along a cosine.
  public var learningRate: Float = 2e-3
  /// Steps in which the learning rate rises.
  public var warmUpSteps = 200
  /// What Adam adds to the gradient of a weight, per unit of it.
  public var weightDecay: Float = 1e-5
  /// Pictures per step.
  public var batch = 8
  /// Pixels along each side of the pictures that are composed, a multiple of 32.
  public var side = 256
  /// The same in the last part of the training, whose pictures are fewer, larger and less changed: what the detector will see.
  public var finalSide = 320
  /// That part of the budget.
  public var finalShare = 0.25
  /// How slowly the average of the weights follows them.
  public var averaging: Float = 0.9985

  /// The default options.
  public init(budget: TrainingBudget) { self.budget = budget }
}
