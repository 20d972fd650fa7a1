import Foundation
import Store

/// A track as a row for a person.
extension Track {
  static let titles = ["ID", "CAMERA", "LAST SEEN", "LASTED", "QUALITY"]

  func cells(_ time: LocalTime) -> [String] {
    [
      "\(id)", camera.visible(), time.text(lastSeen), firstSeen.span(to: lastSeen),
      String(format: "%.3f", quality),
    ]
  }
}
