/// What came out, in a sentence or two.
struct ReportVerdict {
  /// The colour of the verdict.
  enum Tone: String {
    case alerting, quiet, unknown
  }

  let summary: ReplaySummary
  let alerts: [ReportedAlert]

  private var alertCount: Int { alerts.count(where: \.isIrregular) }
  private var sceneChangeCount: Int { alerts.count - alertCount }

  /// From the end of what was learned to the last score.
  private var footage: Duration {
    guard let last = summary.curve.last else { return .zero }
    return max(.zero, last.time - (summary.learnedUntil ?? .zero))
  }

  /// Nothing scored is not the same as nothing irregular.
  var tone: Tone {
    if alertCount > 0 { return .alerting }
    return summary.curve.isEmpty ? .unknown : .quiet
  }

  var headline: String {
    guard summary.modelName != nil else { return "Irregularity was not looked for" }
    return switch tone {
    case .alerting: "\(counted(alertCount, "alert")) in \(footage.clipTime) of footage"
    case .quiet: "Nothing irregular in \(footage.clipTime) of footage"
    case .unknown: "Nothing could be scored"
    }
  }

  var explanation: String {
    guard summary.modelName != nil else { return summary.peopleSummary.map { "\($0)." } ?? "" }
    return [learned, scored, noted, summary.peopleSummary.map { "\($0)." }].compactMap(\.self).joined(
      separator: " ")
  }

  private var learned: String? {
    summary.learnedUntil.map { "The model learned from the first \($0.clipTime)." }
  }

  private var scored: String {
    if summary.curve.isEmpty {
      return "\(counted(summary.frameCount, "frame")) to score, which is too few."
    }
    let all = summary.scoredFrameCount == summary.frameCount
    return all
      ? "All \(counted(summary.frameCount, "frame")) were scored."
      : "\(summary.scoredFrameCount) of \(counted(summary.frameCount, "frame")) were scored."
  }

  private var noted: String? {
    sceneChangeCount > 0 ? "\(counted(sceneChangeCount, "scene change")) noted." : nil
  }
}

private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
