/// What ends a training.
public enum TrainingBudget: Sendable, Hashable, Codable {
  /// So many steps: the same result on every run.
  case steps(Int)
  /// So many seconds of training.
  case seconds(Double)
}
