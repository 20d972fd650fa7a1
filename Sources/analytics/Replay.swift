import ArgumentParser
import Daemon
import Decode
import Foundation
import Network
import ReID
import Store

struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a clip through the pipeline that cameras run through, and list the alerts.",
    discussion: """
      Two lanes: one scores what is irregular, one finds people and follows them (see `analytics people`); with \
      --learn, both begin where learning ends. \
      Deterministic: the same clip, model and settings give the same rows; a second replay into the same database \
      updates them in place. Without --model and --learn the weights that come along score the clip, though they do \
      not know its camera.
      """)

  /// Of a camera, as the store has it.
  private static let longestName = 200

  @Argument(help: "The clip.")
  var clip: String

  @Option(
    help: ArgumentHelp("The name to store alerts under (default: the clip's file name).", valueName: "name"))
  var camera: String?

  @Option(help: "The model of the camera; with --learn the one to start from.")
  var model: String?

  @Option(help: "Learn what is normal from the first seconds of the clip, and score the rest.")
  var learn: Double?

  @OptionGroup var database: DatabaseOption

  @Option(
    help: ArgumentHelp("Write a page with the regularity curve and the alerts.", valueName: "file.html"))
  var report: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "When the clip begins (default: what its container says, else 1970-01-01T00:00:00Z). \(TimeExpression.help)",
      valueName: "T"))
  var startedAt: String?

  @Option(help: "Threads to use; the result does not depend on them.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(name: .customLong("no-people"), help: "Do not look for people.")
  var withoutPeople = false

  @Option(help: "How often to look for people in a second of footage while something moves, up to 30.")
  var peopleSearchesPerSecond: Double?

  @Option(
    help: ArgumentHelp(
      """
      Where people count: those whose feet are inside this polygon. Corners are fractions of the picture from the upper \
      left: "0,0.5 1,0.5 1,1 0,1". May be given more than once.
      """, valueName: "corners"), transform: PictureRegion.init(_:))
  var peopleZone: [PictureRegion] = []

  @Option(
    help: ArgumentHelp("Where people do not count, written alike.", valueName: "corners"),
    transform: PictureRegion.init(_:))
  var peopleMask: [PictureRegion] = []

  @Flag(name: .customLong("no-anomaly"), help: "Score nothing, and raise no alerts.")
  var withoutAnomaly = false

  @Flag(help: "One JSON object per alert and line.")
  var json = false

  @Flag(help: "Exit with 3 when there is an irregular alert; a scene change is none.")
  var failOnAlert = false

  func validate() throws {
    guard (1...Self.longestName).contains((camera ?? "clip").unicodeScalars.count) else {
      throw ValidationError("--camera takes a name of 1 to \(Self.longestName) characters")
    }
    if let learn, !(learn > 0 && learn < 1e7) {
      throw ValidationError("--learn takes a number of seconds above 0, below 10,000,000")
    }
    guard !(withoutPeople && withoutAnomaly) else {
      throw ValidationError("with --no-people and --no-anomaly there is nothing to do")
    }
    guard !withoutAnomaly || (model == nil && learn == nil && !failOnAlert) else {
      throw ValidationError(
        "--model, --learn and --fail-on-alert are for alerts, which --no-anomaly leaves out")
    }
    let aboutPeople = peopleSearchesPerSecond != nil || !peopleZone.isEmpty || !peopleMask.isEmpty
    guard !(withoutPeople && aboutPeople) else {
      throw ValidationError(
        "--people-searches-per-second, --people-zone and --people-mask are for people, which --no-people leaves out"
      )
    }
    if let peopleSearchesPerSecond, !(peopleSearchesPerSecond > 0 && peopleSearchesPerSecond <= 30) {
      throw ValidationError("--people-searches-per-second takes a number above 0, up to 30")
    }
    guard report?.isEmpty != true else { throw ValidationError("--report takes the path of a file") }
    try OutputFiles([("--report", report)]).check(against: [
      ("the clip", MediaLocation(clip).filePath), ("--model", model), ("the database", database.path),
    ])
    guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
    if let startedAt, TimeExpression().timestamp(startedAt) == nil {
      throw ValidationError("'\(startedAt)' is not a time. \(TimeExpression.help)")
    }
  }

  func run() throws {
    let location = MediaLocation(clip)
    var job = ReplayJob(
      clip: location, camera: camera ?? location.defaultCameraName(longest: Self.longestName),
      model: model.map { URL(filePath: $0) },
      learn: learn.map { .seconds($0) }, startedAt: startedAt.flatMap { TimeExpression().timestamp($0) },
      compute: Compute(threads: threads), programVersion: Analytics.configuration.version)
    (job.raisesAlerts, job.followsPeople) = (!withoutAnomaly, !withoutPeople)
    if let peopleSearchesPerSecond { job.peopleSearchesPerSecond = peopleSearchesPerSecond }
    job.peopleZones = DetectionZones(zones: peopleZone, masks: peopleMask)
    job.namesPeople = report != nil
    let line = ProgressLine()
    defer { line.end() }
    if let reportURL { try ReplayReport.checkFolder(of: reportURL) }
    let summary = try job.run(
      into: AlertStore(openingAt: database.path, mode: .readWrite),
      cancellation: InterruptSignal.cancellation()
    ) { line.show($0) }
    line.end()
    if let reportURL { try ReplayReport(summary).write(to: reportURL) }
    try print(summary)
    if failOnAlert, summary.alerts.contains(where: { $0.kind == .irregular }) { throw ExitCode.alertRaised }
  }

  private var reportURL: URL? { report.map { URL(filePath: $0) } }

  private func print(_ summary: ReplaySummary) throws {
    let format: any AlertFormat = json ? JSONAlertFormat() : TableAlertFormat(for: summary.alerts)
    if let header = format.header, !summary.alerts.isEmpty { try StandardOutput.print(header) }
    for alert in summary.alerts { try StandardOutput.print(format.line(alert)) }
    for remark in [summary.media.remark, summary.losses].compactMap(\.self) {
      StandardError.print("analytics: \(summary.clip): \(remark)")
    }
    StandardError.print(summary.verdict)
    if let people = summary.peopleSummary { StandardError.print("\(summary.clip): \(people)") }
  }
}

extension MediaLocation {
  /// The file name without its extension.
  fileprivate func defaultCameraName(longest: Int) -> String {
    let name = filePath.map { URL(filePath: $0).deletingPathExtension().lastPathComponent } ?? ""
    return name.isEmpty ? "clip" : String(String.UnicodeScalarView(name.unicodeScalars.prefix(longest)))
  }
}

extension ReplaySummary {
  /// One line: what was scored and what came of it.
  fileprivate var verdict: String {
    guard modelName != nil else { return "\(clip): \(frameCount) frames read, nothing scored" }
    guard scoredFrameCount > 0 else {
      return "\(clip): \(frameCount) \(frameCount == 1 ? "frame is" : "frames are") "
        + "fewer than one cube takes; nothing could be scored"
    }
    let irregular = alerts.count { $0.kind == .irregular }
    let changes = alerts.count - irregular
    return "\(clip): \(scoredFrameCount) of \(frameCount) frames scored, \(irregular) "
      + (irregular == 1 ? "alert" : "alerts") + (changes > 0 ? ", \(changes) scene changes noted" : "")
  }
}
