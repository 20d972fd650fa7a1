import Foundation
import Store

/// How alerts are written, one line each.
protocol AlertFormat {
  /// The line above them all, if any.
  var header: String? { get }
  /// The line of one alert.
  func line(_ alert: Alert) throws -> String
}

/// One JSON object per line.
struct JSONAlertFormat: AlertFormat {
  let header: String? = nil

  func line(_ alert: Alert) throws -> String { try jsonLine(alert) }
}

/// Comma-separated values with a header, quoted as in RFC 4180.
struct CSVAlertFormat: AlertFormat {
  let header: String? = """
    id,camera,kind,started_at,peaked_at,ended_at,regularity,threshold,box_x,box_y,box_width,box_height,\
    snapshot,heat_map,run_id,marked,evidence
    """

  func line(_ alert: Alert) -> String {
    let values: [Any?] = [
      alert.id, alert.camera, alert.kind.rawValue, alert.startedAt, alert.peakedAt, alert.endedAt,
      alert.regularity, alert.threshold, alert.box.x, alert.box.y, alert.box.width, alert.box.height,
      alert.snapshot, alert.heatMap, alert.runID, alert.mark, alert.evidence?.rawValue,
    ]
    return values.map { $0.map { quoted("\($0)") } ?? "" }.joined(separator: ",")
  }

  private func quoted(_ value: String) -> String {
    guard value.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return value }
    return "\"\(value.replacing("\"", with: "\"\""))\""
  }
}

/// Aligned columns for a person.
struct TableAlertFormat: AlertFormat {
  private let table: TextTable
  private let time: LocalTime

  /// - Parameter alerts: what the columns are made wide enough for.
  init(for alerts: [Alert], time: LocalTime = LocalTime()) {
    self.time = time
    table = TextTable(titles: Self.titles, rows: alerts.map { Self.cells($0, time) })
  }

  var header: String? { table.header }

  func line(_ alert: Alert) -> String { table.line(Self.cells(alert, time)) }

  private static let titles = [
    "ID", "CAMERA", "KIND", "STARTED", "LASTED", "REGULARITY", "MARKED",
  ]

  private static func cells(_ alert: Alert, _ time: LocalTime) -> [String] {
    [
      "\(alert.id)", alert.camera.visible(), alert.kind.rawValue, time.text(alert.startedAt), alert.lasted,
      String(format: "%.3f", alert.regularity), alert.mark.map { "\($0)" } ?? "",
    ]
  }
}

extension Alert {
  /// How long it lasted: `4.3 s`, `2 min 5 s`, `still lasts`.
  var lasted: String { endedAt.map { startedAt.span(to: $0) } ?? "still lasts" }
}

extension Timestamp {
  /// The time until a later moment: `4.3 s`, `2 min 5 s`, `1 h 20 min`.
  func span(to end: Timestamp) -> String {
    let seconds = Double(end.millisecondsSince1970 - millisecondsSince1970) / 1000
    if seconds < 60 { return String(format: "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }
}

/// A value as JSON on one line, its keys in alphabetical order.
func jsonLine(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
