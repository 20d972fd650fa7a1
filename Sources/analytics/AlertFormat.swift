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
  private let widths: [Int]
  private let time: LocalTime

  /// - Parameter alerts: what the columns are made wide enough for.
  init(for alerts: [Alert], time: LocalTime = LocalTime()) {
    self.time = time
    widths = alerts.reduce(Self.titles.map(\.count)) { widths, alert in
      zip(widths, Self.cells(alert, time)).map { max($0, $1.count) }
    }
  }

  var header: String? { aligned(Self.titles) }

  func line(_ alert: Alert) -> String { aligned(Self.cells(alert, time)) }

  private static let titles = [
    "ID", "CAMERA", "KIND", "STARTED", "LASTED", "REGULARITY", "MARKED",
  ]

  private static func cells(_ alert: Alert, _ time: LocalTime) -> [String] {
    [
      "\(alert.id)", alert.camera.visible(), alert.kind.rawValue, time.text(alert.startedAt), alert.lasted,
      String(format: "%.3f", alert.regularity), alert.mark.map { "\($0)" } ?? "",
    ]
  }

  private func aligned(_ cells: [String]) -> String {
    let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
    return padded.joined(separator: "  ").trimmingTrailingSpaces
  }
}

extension Alert {
  /// How long it lasted: `4.3 s`, `2 min 5 s`, `still lasts`.
  var lasted: String {
    guard let endedAt else { return "still lasts" }
    let seconds = Double(endedAt.millisecondsSince1970 - startedAt.millisecondsSince1970) / 1000
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

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
