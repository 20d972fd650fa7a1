public import Decode
public import Network

/// How an embedder is trained.
public struct EmbedderTrainingOptions: Sendable, Hashable, Codable {
  /// What is learned beside who is who. All but the last are the rows of the paper's ablation.
  public enum Similarity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing.
    case none
    /// That patches of one person's pictures look alike, at Pool1.
    case low
    /// That one person's features lie close together at FC7, and strangers' a margin apart: `contrastiveLoss` of pairs.
    case high
    /// Both.
    case both
    /// Both, but that one person's features lie closer together than to anybody else's in the batch:
    /// `supervisedContrastiveLoss`.
    case batch

    var isLow: Bool { self == .low || self == .both || self == .batch }
    var isOfPairs: Bool { self == .high || self == .both }
  }

  /// A part of the training.
  public struct Stage: Sendable, Hashable, Codable {
    /// The share of the budget after which it begins.
    public var start: Double
    /// What the network looks at. Smaller pictures teach it less by the step and more by the minute, until the details count.
    public var inputSize: PictureSize
    /// People in a batch.
    public var identitiesPerBatch: Int
    /// Crops of each person in a batch.
    public var cropsPerIdentity: Int
  }

  /// When to end.
  public var budget: TrainingBudget
  /// What all randomness comes from.
  public var seed: UInt64 = 1
  /// What is learned beside who is who.
  public var similarity = Similarity.batch
  /// Adam's longest step; it rises to it over `warmUp` and falls to a hundredth along a cosine.
  public var learningRate: Float = 3e-3
  /// The share of the budget in which the step length rises.
  public var warmUp = 0.03
  /// What every step takes off a weight, per unit of it and of the step length.
  public var decoupledWeightDecay: Float = 0.1
  /// The parts of the training, in turn. The first at 0.
  public var stages = [
    Stage(
      start: 0, inputSize: PictureSize(width: 24, height: 64), identitiesPerBatch: 32, cropsPerIdentity: 2),
    Stage(
      start: 0.45, inputSize: PictureSize(width: 40, height: 96), identitiesPerBatch: 32, cropsPerIdentity: 2),
    Stage(start: 0.75, inputSize: MSPCNN.inputSize, identitiesPerBatch: 32, cropsPerIdentity: 2),
  ]
  /// How much closeness at FC7 counts: the paper's a.
  public var highWeight: Float = 1
  /// The temperature τ of closeness against the batch: the lower, the more the nearest strangers count.
  public var temperature = 0.1
  /// How much likeness at Pool1 counts: the paper's b.
  public var lowWeight: Float = 0.5
  /// Pairs of a batch that are compared at Pool1: enough to learn from, and few enough to take the time.
  public var lowPairsPerBatch = 24
  /// The share of the budget after which likeness at Pool1 counts: the paper's second stage, begun while steps are still long
  /// enough for it to matter.
  public var secondStage = 0.5
  /// How much closeness to a teacher's vectors counts, where there is one.
  public var teacherWeight: Float = 5
  /// How sharply the softmax tells cosines apart.
  public var cosineScale: Float = 16
  /// Copies of the network that each learn from a part of a batch.
  public var replicas = 2
  /// How much of the certainty about who is who is given to all others.
  public var labelSmoothing = 0.1
  /// How many features are dropped before the classes are told apart.
  public var dropout: Float = 0.5
  /// How crops are changed at random.
  var augmentation = CropAugmentation()

  /// The part of the training when this share of the budget is used.
  func stage(at fraction: Double) -> Stage { stages.last { $0.start <= fraction } ?? stages[0] }

  /// The defaults for fresh weights.
  public init(budget: TrainingBudget) { self.budget = budget }

  /// The defaults for a network that is trained already: shorter steps, pictures of full size, since it has seen enough of
  /// small ones.
  public static func further(budget: TrainingBudget) -> EmbedderTrainingOptions {
    var options = EmbedderTrainingOptions(budget: budget)
    options.learningRate = 1e-3
    options.stages = [
      Stage(start: 0, inputSize: MSPCNN.inputSize, identitiesPerBatch: 32, cropsPerIdentity: 2)
    ]
    return options
  }
}
