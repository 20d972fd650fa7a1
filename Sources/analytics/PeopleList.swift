import ArgumentParser
import Foundation
import Store

struct PeopleList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists people who were seen, each time and by each camera, those seen last first.",
    discussion: TimeExpression.help)

  @OptionGroup var database: DatabaseOption
  @OptionGroup var filter: TrackFilter

  @Option(
    name: [.customShort("n", allowingJoined: true), .customLong("lines")],
    help: ArgumentHelp("Only the newest N.", valueName: "N"))
  var count: Int?

  @Flag(help: "One JSON object per line, times in UTC.")
  var json = false

  func validate() throws {
    if let count, count < 0 { throw ValidationError("-n takes a number of people, 0 or more.") }
  }

  func run() throws {
    let store = try AlertStore(openingAt: database.path, mode: .readOnly)
    let tracks = try store.tracks(filter.query(limit: count))
    if json {
      for track in tracks { try StandardOutput.print(jsonLine(track)) }
    } else if !tracks.isEmpty {
      let rows = tracks.map { $0.cells(LocalTime()) }
      let table = TextTable(titles: Track.titles, rows: rows)
      for line in [table.header] + rows.map(table.line) { try StandardOutput.print(line) }
    }
    if tracks.isEmpty {
      let unknown = try filter.camera.flatMap(store.remark)
      StandardError.print("no people\(unknown ?? "")")
    }
  }
}
