public import Network

/// How a STAE is trained.
public struct TrainingOptions: Sendable, Hashable, Codable {
  /// How much the prediction of each future frame t = 1…T counts; reconstruction counts 1/T per frame.
  public enum PredictionWeights: Sendable, Hashable, Codable {
    /// (T - t + offset) / T²: the further ahead, the less. The paper's form has offset 0; re-implementations have 1.
    case decreasing(offset: Float)
    /// 1/T for every frame.
    case constant
    /// No prediction branch.
    case none

    /// One weight per frame, or nil where there is no prediction.
    func perFrame(_ frames: Int) -> [Float]? {
      let count = Float(frames)
      switch self {
      case .decreasing(let offset): return (1...frames).map { (count - Float($0) + offset) / (count * count) }
      case .constant: return Array(repeating: 1 / count, count: frames)
      case .none: return nil
      }
    }
  }

  /// When to end.
  public var budget: TrainingBudget
  /// What all randomness comes from.
  public var seed: UInt64 = 1
  /// Adam's first step length; it falls to a hundredth along a cosine.
  public var learningRate: Float = 1e-3
  /// What Adam adds to the gradient of a weight, per unit of it: 2λ for the λ‖W‖² of the paper's loss.
  public var weightDecay: Float = 1e-4
  /// How much each predicted frame counts.
  public var predictionWeights = PredictionWeights.decreasing(offset: 0)
  /// How training clips are changed at random.
  public var augmentation = Augmentation.paper

  /// For fresh weights, which should see as much variety as there is.
  public init(budget: TrainingBudget) { self.budget = budget }

  /// For weights that have been trained before and are to know one camera, whose picture stays where it is.
  public static func adapting(budget: TrainingBudget) -> TrainingOptions {
    var options = TrainingOptions(budget: budget)
    options.augmentation = .fixedCamera
    options.learningRate = 5e-4
    return options
  }
}
