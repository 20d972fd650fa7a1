import ArgumentParser
import Store

/// Which people a command reads.
struct TrackFilter: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only people who were in view at T or later.", valueName: "T"),
    transform: TimeExpression.argument)
  var since: Timestamp?

  @Option(help: ArgumentHelp("Only people whom this camera saw.", valueName: "name"))
  var camera: String?

  func query(limit: Int?) -> TrackQuery { TrackQuery(since: since, camera: camera, limit: limit) }
}
