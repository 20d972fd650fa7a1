import Anomaly
import Daemon
import Foundation

/// One line on standard error that is written over and over: only on a terminal, and at most a few times a second.
final class ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var lastShown = 0.0
  private var isOpen = false
  private var scoringStart: Double?

  /// Shows where a training stands.
  func show(_ progress: TrainingJob.Progress) {
    switch progress {
    case .reading(let clip, let fraction):
      show("reading \(clip)" + percent(fraction))
    case .remark(let text):
      end()
      StandardError.print(text)
    case .training(let state): show(state)
    }
  }

  /// Shows where a replay stands.
  func show(_ progress: ReplayJob.Progress) {
    switch progress {
    case .readingToLearn(let fraction): show("reading what to learn from" + percent(fraction))
    case .learning(let state): show(state)
    case .scoring(let fraction):
      let now = ProcessInfo.processInfo.systemUptime
      let start = scoringStart ?? now
      scoringStart = start
      show("scoring" + percent(fraction) + remaining(fraction: fraction ?? 0, elapsed: now - start))
    case .remark(let text):
      end()
      StandardError.print(text)
    }
  }

  private func show(_ state: TrainingRun.Progress) {
    guard let loss = state.validationLoss else {
      return show(
        "learning" + percent(state.report.fraction) + ", step \(state.report.step)"
          + remaining(fraction: state.report.fraction, elapsed: state.seconds))
    }
    end()
    StandardError.print(
      String(
        format: "step %d, %.0f s: held-back error %.6f (reconstruction %.6f, prediction %.6f)",
        state.report.step,
        state.seconds, loss, state.report.reconstructionLoss, state.report.predictionLoss))
  }

  private func percent(_ fraction: Double?) -> String {
    fraction.map { String(format: " %.0f %%", 100 * $0) } ?? ""
  }

  /// Shows a line of text in place of the last.
  private func show(_ text: String) {
    let now = ProcessInfo.processInfo.systemUptime
    guard isTerminal, now - lastShown > 0.2 else { return }
    lastShown = now
    isOpen = true
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }

  /// Clears the line.
  func end() {
    guard isOpen else { return }
    isOpen = false
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }

  /// ", 3:20 left", once there is something to judge by.
  private func remaining(fraction: Double, elapsed: Double) -> String {
    guard fraction > 0.01, fraction < 1 else { return "" }
    let seconds = Int(elapsed / fraction * (1 - fraction))
    return String(format: ", %d:%02d left", seconds / 60, seconds % 60)
  }
}
