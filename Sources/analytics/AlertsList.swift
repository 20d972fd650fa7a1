import ArgumentParser
import Foundation
import Store

struct AlertsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists alerts, oldest first, and follows what comes.",
    discussion: TimeExpression.help)

  @OptionGroup var database: DatabaseOption

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Only alerts that began at T or later.", valueName: "T"),
    transform: TimeExpression.argument)
  var since: Timestamp?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Only alerts that began at T or earlier.", valueName: "T"),
    transform: TimeExpression.argument)
  var until: Timestamp?

  @Option(help: ArgumentHelp("Only alerts of this camera.", valueName: "name"))
  var camera: String?

  @Option(
    name: [.customShort("n", allowingJoined: true), .customLong("lines")],
    help: ArgumentHelp(
      "Only the newest N alerts; with --after-cursor the first N after it. With -f 10 unless given.",
      valueName: "N"))
  var count: Int?

  @Flag(name: .shortAndLong, help: "Newest first.")
  var reverse = false

  @Flag(
    name: .shortAndLong,
    help: "Go on: print alerts as they begin, and again when they end or are marked, until interrupted.")
  var follow = false

  @Flag(help: "One JSON object per line, times in UTC.")
  var json = false

  @Flag(help: "Comma-separated values, times in UTC.")
  var csv = false

  @Option(
    help: ArgumentHelp(
      "Only alerts that began, ended or were marked after this place in the log, in that order.",
      valueName: "C"),
    transform: { text throws in try AlertCursor(text) })
  var afterCursor: AlertCursor?

  @Flag(help: "At the end print on standard error from where to read on next time.")
  var showCursor = false

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv exclude each other.") }
    if follow && reverse { throw ValidationError("-f and -r exclude each other: what comes next is newest.") }
    if let count, count < 0 { throw ValidationError("-n takes a number of alerts, 0 or more.") }
  }

  func run() throws {
    let follower = AlertFollower(databasePath: database.path, query: query)
    let page = try follower.next()
    let chronological = afterCursor == nil ? page.alerts.reversed() : page.alerts
    let alerts = reverse ? chronological.reversed() : chronological
    let format = format(for: alerts)
    if alerts.isEmpty { try remarkThatThereAreNone() }
    if let header = format.header, csv || follow || !alerts.isEmpty { try StandardOutput.print(header) }
    for alert in alerts { try StandardOutput.print(format.line(alert)) }
    if follow {
      try follower.follow { try StandardOutput.print(format.line($0)) }
    }
    if showCursor, let cursor = follower.cursor { StandardError.print("-- cursor: \(cursor)") }
  }

  /// Who follows a camera that there may yet be is told only that there is none so far.
  private func remarkThatThereAreNone() throws {
    let unknown = try camera.flatMap {
      try AlertStore(openingAt: database.path, mode: .readOnly).remark(onUnknownCamera: $0)
    }
    if !follow || unknown != nil { StandardError.print("no alerts\(unknown ?? "")") }
  }

  private func format(for alerts: [Alert]) -> any AlertFormat {
    if json { return JSONAlertFormat() }
    return csv ? CSVAlertFormat() : TableAlertFormat(for: alerts)
  }

  private var query: AlertQuery {
    let limit = count ?? (follow && since == nil && afterCursor == nil ? 10 : nil)
    return AlertQuery(since: since, until: until, camera: camera, limit: limit, after: afterCursor)
  }
}
