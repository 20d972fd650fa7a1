import Store

/// An alert as the report shows it: with its name in the report and its place in the clip.
struct ReportedAlert {
  /// The alert.
  let alert: Alert
  /// `1`, `2`… for alerts, `S1`, `S2`… for scene changes.
  let label: String
  /// When it began, since the start of the clip.
  let start: Duration
  /// When regularity was lowest, since the start of the clip.
  let peak: Duration
  /// When it ended, since the start of the clip; nil where it has no end.
  let end: Duration?
  /// What the camera saw at the peak.
  var snapshot: EmbeddedPicture?
  /// The same with the heat map over it.
  var heatMap: EmbeddedPicture?
  /// Whether its pictures were left out to keep the page small.
  var isWithoutPictures = false

  /// Whether it is an alert; else a note that the scene changed.
  var isIrregular: Bool { alert.kind == .irregular }

  /// `Alert 1`, `Scene change S1`.
  var title: String { isIrregular ? "Alert \(label)" : "Scene change \(label)" }

  /// The identifier of its card in the page.
  var anchor: String { "alert-\(label)" }

  /// How long it lasts, in words.
  var length: String {
    guard let end else { return "until the end" }
    return (alert.isEndEstimated ? "about " : "") + (end - start).length
  }

  /// Names alerts in order, alerts and scene changes each for themselves.
  static func all(of summary: ReplaySummary) -> [ReportedAlert] {
    var counts: [AlertKind: Int] = [:]
    return summary.alerts.map { alert in
      counts[alert.kind, default: 0] += 1
      let place = { (moment: Timestamp) in
        Duration.milliseconds(moment.millisecondsSince1970 - summary.startedAt.millisecondsSince1970)
      }
      return ReportedAlert(
        alert: alert, label: (alert.kind == .irregular ? "" : "S") + String(counts[alert.kind, default: 0]),
        start: place(alert.startedAt), peak: place(alert.peakedAt), end: alert.endedAt.map(place))
    }
  }
}
