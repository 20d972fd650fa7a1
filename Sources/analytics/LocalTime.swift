import Foundation
import Store

/// Shows moments to a person, in a time zone that is said.
struct LocalTime {
  let timeZone: TimeZone

  init(timeZone: TimeZone = .current) {
    self.timeZone = timeZone
  }

  /// `2026-11-21 14:05:00+01:00`.
  func text(_ moment: Timestamp) -> String {
    let offset = timeZone.secondsFromGMT(for: moment.date)
    let shifted = moment + .seconds(offset)
    let minutes = abs(offset) / 60
    let zone = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    return shifted.description.prefix(19).replacing("T", with: " ") + (offset < 0 ? "-" : "+") + zone
  }
}
