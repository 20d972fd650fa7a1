import ArgumentParser
import Foundation
import Store

struct AlertsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows one alert, and saves its pictures.")

  @Argument(help: "The number of the alert.")
  var id: Int64

  @OptionGroup var database: DatabaseOption

  @Option(help: ArgumentHelp("Write the picture at the peak to this file.", valueName: "file"))
  var snapshot: String?

  @Option(help: ArgumentHelp("Write the heat map at the peak to this file.", valueName: "file"))
  var heatMap: String?

  @Flag(help: "One JSON object, times in UTC.")
  var json = false

  func validate() throws {
    try OutputFiles([("--snapshot", snapshot), ("--heat-map", heatMap)]).check(against: [
      ("the database", database.path), ("the database's pictures", database.path + ".media"),
    ])
  }

  func run() throws {
    let store = try AlertStore(openingAt: database.path, mode: .readOnly)
    let alert = try store.alert(id)
    if let snapshot { try store.copyPicture(.snapshot, of: alert, to: snapshot) }
    if let heatMap { try store.copyPicture(.heatMap, of: alert, to: heatMap) }
    try StandardOutput.print(json ? jsonLine(alert) : alert.details(LocalTime()))
  }
}

extension Alert {
  /// All that is known of the alert, for a person.
  fileprivate func details(_ time: LocalTime) -> String {
    let ended = endedAt.map { time.text($0) + (isEndEstimated ? " (or later: the program died)" : "") }
    let box = [box.x, box.y, box.width, box.height].map { String(format: "%.3f", $0) }
    return """
      alert       \(id)
      camera      \(camera.visible())
      kind        \(kind.rawValue)
      evidence    \(evidence?.rawValue ?? (kind == .irregular ? "unknown" : "none"))
      started     \(time.text(startedAt))
      peaked      \(time.text(peakedAt))
      ended       \(ended ?? "still lasts")
      lasted      \(lasted)
      regularity  \(String(format: "%.3f", regularity)) (threshold \(String(format: "%.3f", threshold)))
      box         x \(box[0]), y \(box[1]), width \(box[2]), height \(box[3])
      people      \(tracks.isEmpty ? "none known" : tracks.map { "track \($0)" }.joined(separator: ", "))
      snapshot    \(snapshot?.visible() ?? "none")
      heat map    \(heatMap?.visible() ?? "none")
      run         \(runID)
      marked      \(mark.map { "\($0)" } ?? "no")
      """
  }
}
