import Foundation

/// How far a training has come, what it did before an interruption included.
public struct TrainingClock {
  /// Seconds of earlier runs, of which this one is the continuation.
  public var earlierSeconds = 0.0
  private let budget: TrainingBudget
  private let now: () -> Double
  private let startSeconds: Double

  /// Starts to count.
  ///
  /// - Parameter now: Seconds on a monotonic clock.
  public init(_ budget: TrainingBudget, now: @escaping () -> Double) {
    self.budget = budget
    self.now = now
    startSeconds = now()
  }

  /// Seconds of training so far.
  public var seconds: Double { earlierSeconds + now() - startSeconds }

  /// How much of the budget is used after so many steps, 0…1.
  public func fraction(after step: Int) -> Double {
    switch budget {
    case .steps(let steps): min(1, Double(step) / Double(max(1, steps)))
    case .seconds(let budget): min(1, seconds / max(1e-9, budget))
    }
  }

  /// What is left of the step length when this fraction of the budget is used: along a cosine from 1 to a hundredth.
  public static func decay(at fraction: Double) -> Double { 0.01 + 0.99 * (1 + cos(.pi * fraction)) / 2 }
}
