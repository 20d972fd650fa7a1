import ArgumentParser
import Daemon
import Foundation
import Network
import ReID
import Store

struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks for a person among all who were seen, the most similar first.",
    discussion: TimeExpression.help)

  @Option(help: ArgumentHelp("Who looks like the largest person in this picture.", valueName: "FILE"))
  var image: String?

  @Option(help: ArgumentHelp("Who looks like the person of this track.", valueName: "ID"))
  var track: Int64?

  @Option(help: ArgumentHelp("Only the N most similar.", valueName: "N"))
  var top = 10

  @OptionGroup var filter: TrackFilter
  @OptionGroup var database: DatabaseOption

  @Flag(help: "One JSON object per line, times in UTC.")
  var json = false

  func validate() throws {
    guard (image == nil) != (track == nil) else {
      throw ValidationError("Give --image or --track, one of them.")
    }
    if top < 1 { throw ValidationError("--top takes a number of people, 1 or more.") }
  }

  func run() throws {
    let store = try AlertStore(openingAt: database.path, mode: .readOnly)
    let search = PeopleSearch(in: store, on: .everyCore)
    let found = try search.nearest(to: probe(search), among: filter.query(limit: top), excluding: track)
    found.warn()
    if json {
      for match in found.matches { try StandardOutput.print(jsonLine(MatchLine(match))) }
    } else if !found.matches.isEmpty {
      let rows = found.matches.map {
        $0.track.cells(LocalTime()) + [String(format: "%.3f", $0.similarity)]
      }
      let table = TextTable(titles: Track.titles + ["SIMILARITY"], rows: rows)
      for line in [table.header] + rows.map(table.line) { try StandardOutput.print(line) }
    }
    if found.matches.isEmpty {
      let unknown = try filter.camera.flatMap(store.remark)
      StandardError.print("nobody else\(unknown ?? "")")
    }
  }

  /// What the person looks like who is searched for.
  private func probe(_ search: PeopleSearch) throws -> Embedding {
    if let track { return try search.embedding(ofTrack: track) }
    let probe = try Probe(contentsOf: URL(filePath: image ?? ""), model: .standard(on: .everyCore))
    if probe.otherCount > 0 {
      StandardError.print("the largest of \(probe.otherCount + 1) people in the picture is searched for")
    }
    return probe.embedding
  }
}

/// A match as one JSON object: the keys of the track, and `similarity`.
private struct MatchLine: Encodable {
  private let match: PeopleSearch.Match

  private enum CodingKeys: String, CodingKey { case similarity }

  init(_ match: PeopleSearch.Match) { self.match = match }

  func encode(to encoder: any Encoder) throws {
    try match.track.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(match.similarity, forKey: .similarity)
  }
}

extension PeopleSearch.Result {
  /// Says on standard error what could not be compared.
  func warn() {
    if otherModels > 0 {
      StandardError.print("\(otherModels) tracks were left out: their vectors are of another model")
    }
    for (track, reason) in damaged { StandardError.print("track \(track) was left out: \(reason)") }
  }
}

extension Compute {
  /// All of this machine.
  static var everyCore: Compute { Compute(threads: ProcessInfo.processInfo.activeProcessorCount) }
}
