import ArgumentParser
import Foundation
import Store

struct PeopleShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows one person as one camera saw them, and saves the best picture.")

  @Argument(help: "The number of the track.")
  var track: Int64

  @OptionGroup var database: DatabaseOption

  @Option(help: ArgumentHelp("Write the best picture of the person to this file.", valueName: "file"))
  var crop: String?

  @Flag(help: "One JSON object, times in UTC.")
  var json = false

  func validate() throws {
    guard crop?.isEmpty != true else { throw ValidationError("--crop takes the path of a file") }
    try OutputFiles([("--crop", crop)]).check(against: [
      ("the database", database.path), ("the database's pictures", database.path + ".media"),
    ])
  }

  func run() throws {
    let store = try AlertStore(openingAt: database.path, mode: .readOnly)
    let track = try store.track(track)
    if let crop { try store.copyCrop(of: track, to: crop) }
    try StandardOutput.print(json ? jsonLine(track) : track.details(LocalTime()))
  }
}

extension Track {
  /// All that is known of the track, for a person.
  fileprivate func details(_ time: LocalTime) -> String {
    let box = [box.x, box.y, box.width, box.height].map { String(format: "%.3f", $0) }
    return """
      track       \(id)
      camera      \(camera.visible())
      first seen  \(time.text(firstSeen))
      last seen   \(time.text(lastSeen))
      lasted      \(firstSeen.span(to: lastSeen))
      frames      \(frameCount)
      quality     \(String(format: "%.3f", quality))
      best seen   \(time.text(bestSeenAt))
      box         x \(box[0]), y \(box[1]), width \(box[2]), height \(box[3])
      crop        \(crop?.visible() ?? "none")
      model       \(model ?? "none")
      run         \(runID)
      """
  }
}
