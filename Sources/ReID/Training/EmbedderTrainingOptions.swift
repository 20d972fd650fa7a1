/// How an embedder is trained.
public struct EmbedderTrainingOptions: Sendable, Hashable, Codable {
  /// What ends the training.
  public enum Budget: Sendable, Hashable, Codable {
    /// So many steps: the same result on every run.
    case steps(Int)
    /// So many seconds of training.
    case seconds(Double)
  }

  /// What is learned beside who is who: the rows of the paper's ablation.
  public enum Similarity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing.
    case none
    /// That patches of one person's pictures look alike, at Pool1.
    case low
    /// That one person's features lie close together, at FC7.
    case high
    /// Both.
    case both

    var isHigh: Bool { self == .high || self == .both }
    var isLow: Bool { self == .low || self == .both }
  }

  /// When to end.
  public var budget: Budget
  /// What all randomness comes from.
  public var seed: UInt64 = 1
  /// What is learned beside who is who.
  public var similarity = Similarity.both
  /// Adam's longest step; it rises to it over `warmUp` and falls to a hundredth along a cosine.
  public var learningRate: Float = 1.5e-3
  /// The share of the budget in which the step length rises.
  public var warmUp = 0.03
  /// What Adam adds to the gradient of a weight, per unit of it.
  public var weightDecay: Float = 5e-4
  /// People in a batch.
  public var identitiesPerBatch = 20
  /// Crops of each person in a batch.
  public var cropsPerIdentity = 2
  /// How much closeness at FC7 counts: the paper's a.
  public var highWeight: Float = 1
  /// How much likeness at Pool1 counts: the paper's b.
  public var lowWeight: Float = 0.5
  /// Pairs of a batch that are compared at Pool1: enough to learn from, and few enough to take the time.
  public var lowPairsPerBatch = 24
  /// The share of the budget after which likeness at Pool1 counts: the paper's second stage, of a few epochs.
  public var secondStage = 0.85
  /// How much of the certainty about who is who is given to all others.
  public var labelSmoothing = 0.1
  /// How many features are dropped before the classes are told apart.
  public var dropout: Float = 0.2
  /// How crops are changed at random.
  var augmentation = CropAugmentation()

  /// The defaults.
  public init(budget: Budget) { self.budget = budget }
}
