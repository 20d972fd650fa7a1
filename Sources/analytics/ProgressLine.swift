import Anomaly
import Daemon
import Decode
import Foundation
import ReID

/// One line on standard error that is written over and over: only on a terminal, and at most a few times a second.
final class ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?
  private var lastTask = ""
  private var taskStart = ContinuousClock.now
  private var isOpen = false

  /// Shows where a training stands.
  func show(_ progress: TrainingJob.Progress) {
    switch progress {
    case .reading(let clip, let fraction):
      show("reading \(clip)", fraction: fraction)
    case .remark(let text): remark(text)
    case .training(let state): show(state)
    }
  }

  /// Shows where a replay stands.
  func show(_ progress: ReplayJob.Progress) {
    switch progress {
    case .readingToLearn(let fraction): show("reading what to learn from", fraction: fraction)
    case .learning(let state): show(state)
    case .scoring(let fraction): show("scoring", fraction: fraction)
    case .remark(let text): remark(text)
    }
  }

  /// Shows where an evaluation stands.
  func show(_ progress: AnomalyEvaluationJob.Progress) {
    switch progress {
    case .training(let state): show(state)
    case .scoring(let clip, let fraction): show("scoring \(clip)", fraction: fraction)
    case .remark(let text): remark(text)
    }
  }

  /// Shows where the training of an embedder stands.
  func show(_ progress: EmbedderTrainingJob.Progress) {
    switch progress {
    case .remark(let text): remark(text)
    case .reading(let fraction): show("reading pictures", fraction: fraction)
    case .looking(let fraction): show("looking at all pictures", fraction: fraction)
    case .training(let report, let seconds) where report.step % 50 == 0:
      end()
      StandardError.print(
        String(
          format: "step %d, %.0f s: %.1f %% of a batch right (classes %.3f, features %.4f, patches %.4f%@)",
          report.step, seconds, 100 * report.accuracy, report.classLoss, report.highLoss, report.lowLoss,
          report.teacherLoss.map { String(format: ", teacher %.4f", $0) } ?? ""))
    case .training(let report, let seconds):
      show("learning", fraction: report.fraction, elapsed: .seconds(seconds))
    }
  }

  /// Shows how far a task has come.
  func show(_ task: String, _ fraction: Double) { show(task, fraction: fraction) }

  /// Shows where the training of a detector stands.
  func show(_ progress: DetectorTrainingJob.Progress) {
    switch progress {
    case .reading(let fraction): show("reading pictures", fraction: fraction)
    case .training(let state):
      show("learning", fraction: state.report.fraction, elapsed: .seconds(state.seconds))
      guard state.report.step % 100 == 0 else { return }
      end()
      StandardError.print(
        String(
          format: "step %d, %.0f s: loss of the scores %.4f, of the boxes %.4f", state.report.step,
          state.seconds,
          state.report.scoreLoss, state.report.boxLoss))
    }
  }

  private func show(_ state: TrainingRun.Progress) {
    guard let loss = state.validationLoss else {
      return show("learning", fraction: state.report.fraction, elapsed: .seconds(state.seconds))
    }
    end()
    StandardError.print(
      String(
        format: "step %d, %.0f s: held-back error %.6f (reconstruction %.6f, prediction %.6f)",
        state.report.step,
        state.seconds, loss, state.report.reconstructionLoss, state.report.predictionLoss))
  }

  /// Shows a line in place of the last.
  private func show(_ task: String, fraction: Double?, elapsed: Duration? = nil) {
    if task != lastTask { (lastTask, taskStart) = (task, clock.now) }
    guard isTerminal, lastShown.map({ clock.now - $0 > .milliseconds(200) }) ?? true else { return }
    lastShown = clock.now
    isOpen = true
    let line = ProgressMeter().line(fraction: fraction, elapsed: elapsed ?? clock.now - taskStart)
    StandardError.write("\r\u{1B}[K\(task.visible()) \(line)")
  }

  /// Shows a line that stays.
  private func remark(_ text: String) {
    end()
    StandardError.print(text)
  }

  /// Clears the line.
  func end() {
    guard isOpen else { return }
    isOpen = false
    StandardError.write("\r\u{1B}[K")
  }
}
