import ArgumentParser
import Daemon
import Network
import Store

struct PeopleForget: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget",
    abstract: "Deletes a person: track, vector, crop, and the pictures of alerts that show them.",
    discussion: """
      The alerts stay, without their pictures. What is deleted is overwritten in the database, in its log and in the \
      backups that upgrades have made; other copies, such as reports, are not touched. A clip that is replayed again \
      shows the person again.
      """)

  @Argument(help: "The number of the track.")
  var track: Int64

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Also forget all tracks that look so similar, -1 to 1: 1 is equal, 0 has nothing in common.",
      valueName: "S"))
  var similarAbove: Float?

  @OptionGroup var database: DatabaseOption

  func validate() throws {
    if let similarAbove, !(-1...1).contains(similarAbove) {
      throw ValidationError("--similar-above takes a number from -1 to 1.")
    }
  }

  func run() throws {
    let store = try AlertStore(openingAt: database.path, mode: .readWriteExisting)
    var tracks = [try store.track(track)]
    if let similarAbove {
      let search = PeopleSearch(in: store, on: .everyCore)
      let found = try search.nearest(
        to: search.embedding(ofTrack: track), excluding: track, atLeast: similarAbove)
      found.warn()
      tracks += found.matches.map(\.track)
    }
    let forgotten = try store.forgetTracks(Set(tracks.map(\.id)))
    let rows = tracks.map { $0.cells(LocalTime()) }
    let table = TextTable(titles: Track.titles, rows: rows)
    for line in [table.header] + rows.map(table.line) { try StandardOutput.print(line) }
    try StandardOutput.print(
      "forgotten: \(forgotten.tracks) tracks, \(forgotten.crops) crops, "
        + "\(forgotten.alertPictures) pictures of alerts")
  }
}
