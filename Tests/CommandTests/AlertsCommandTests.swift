import Foundation
import Store
import TestKit
import Testing

/// The real binary on a database with three alerts: door at noon (marked false) and still open at 13:00, gate at 12:30.
@Suite final class AlertsCommandTests {
  let folder: URL
  var path: String { folder.appending(path: "log.db").path }
  let store: AlertStore
  let door: RunCamera

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "alerts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    store = try AlertStore(openingAt: folder.appending(path: "log.db").path, mode: .readWrite)
    try store.openRun(Run(id: "r1", kind: .live, startedAt: Self.noon, programVersion: "1"))
    door = try store.addCamera("door", to: "r1")
    let gate = try store.addCamera("garden, \"gate\"", to: "r1")
    try store.save(
      Self.alert(0, after: 0, lasting: 4, evidence: .motion), of: door,
      snapshot: Picture(Data("snapshot".utf8), format: .jpeg),
      heatMap: Picture(Data("heat".utf8), format: .png))
    try store.save(Self.alert(0, after: 1800, lasting: 90), of: gate)
    try store.save(Self.alert(1, after: 3600, lasting: nil), of: door)
    try store.mark(1, isTrue: false)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static let noon = Timestamp(millisecondsSince1970: 1_795_262_400_000)

  private static func alert(
    _ ordinal: Int, after start: Int, lasting seconds: Int?, evidence: AlertEvidence? = nil
  ) -> AlertObservation {
    AlertObservation(
      ordinal: ordinal, kind: .irregular, startedAt: noon + .seconds(start), peakedAt: noon + .seconds(start),
      endedAt: seconds.map { noon + .seconds(start + $0) }, regularity: 0.25, threshold: 0.5,
      evidence: evidence, box: PictureBox(x: 0, y: 0.5, width: 0.25, height: 0.5))
  }

  private func analytics(_ arguments: String..., database: Bool = true) throws -> AnalyticsBinary.Result {
    try AnalyticsBinary.run(
      arguments + (database ? ["--database", path] : []), environment: ["TZ": "Europe/Berlin"], folder: folder
    )
  }

  private func ids(_ arguments: String...) throws -> [Int] {
    let result = try AnalyticsBinary.run(
      ["alerts", "--json", "--database", path] + arguments, environment: ["TZ": "Europe/Berlin"])
    #expect(result.status == 0)
    return try result.stdout.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object?["id"] as? Int)
    }
  }

  @Test func jsonHasExactlyTheKeysOfTheContract() throws {
    let result = try analytics("alerts", "--json")
    let lines = result.stdout.split(separator: "\n")
    #expect(lines.count == 3)
    let object = try #require(JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? NSDictionary)
    let expected: NSDictionary = [
      "id": 1, "camera": "door", "kind": "irregular", "evidence": "motion",
      "started_at": "2026-11-21T12:00:00.000Z",
      "peaked_at": "2026-11-21T12:00:00.000Z", "ended_at": "2026-11-21T12:00:04.000Z", "regularity": 0.25,
      "threshold": 0.5, "box": ["x": 0, "y": 0.5, "width": 0.25, "height": 0.5],
      "snapshot": path + ".media/r1/camera-1-alert-0-1795262400000-snapshot.jpg",
      "heat_map": path + ".media/r1/camera-1-alert-0-1795262400000-heat-map.png", "run_id": "r1",
      "marked": "false", "tracks": [],
    ]
    #expect(object == expected)
    for key in ["ended_at", "snapshot", "heat_map", "marked", "evidence"] {
      #expect(lines[2].contains("\"\(key)\":null"))
    }
  }

  @Test func tableIsAlignedAndStatesTheZone() throws {
    let result = try analytics("alerts")
    #expect(result.stderr == "")
    #expect(
      result.stdout
        == """
        ID  CAMERA          KIND       STARTED                    LASTED       REGULARITY  MARKED
        1   door            irregular  2026-11-21 13:00:00+01:00  4.0 s        0.250       false
        2   garden, "gate"  irregular  2026-11-21 13:30:00+01:00  1 min 30 s   0.250
        3   door            irregular  2026-11-21 14:00:00+01:00  still lasts  0.250

        """)
  }

  @Test func csvIsQuoted() throws {
    let lines = try analytics("alerts", "--csv").stdout.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(
      lines[0]
        == "id,camera,kind,started_at,peaked_at,ended_at,regularity,threshold,box_x,box_y,box_width,box_height,snapshot,heat_map,run_id,marked,evidence"
    )
    #expect(
      lines[2]
        == "2,\"garden, \"\"gate\"\"\",irregular,2026-11-21T12:30:00.000Z,2026-11-21T12:30:00.000Z,2026-11-21T12:31:30.000Z,0.25,0.5,0.0,0.5,0.25,0.5,,,r1,,"
    )
  }

  @Test func optionsNarrow() throws {
    #expect(try ids() == [1, 2, 3])
    #expect(try ids("-r") == [3, 2, 1])
    #expect(try ids("-n", "2") == [2, 3])
    #expect(try ids("-n", "0") == [])
    #expect(try ids("-n2", "-r") == [3, 2])
    #expect(try ids("--camera", "door") == [1, 3])
    #expect(try ids("--since", "2026-11-21 13:30") == [2, 3])
    #expect(try ids("--until", "2026-11-21T12:30:00Z") == [1, 2])
    #expect(try ids("--since", "-2h", "--until", "+1h") == ids("--since=-2h"))
  }

  @Test func cursorResumes() throws {
    let first = try analytics("alerts", "--json", "--show-cursor")
    let cursor = try #require(first.stderr.firstMatch(of: /-- cursor: (\S+)/)).1
    #expect(try ids("--after-cursor", String(cursor)) == [])
    try store.mark(2, isTrue: true)
    #expect(try ids("--after-cursor", String(cursor)) == [2])
    let bad = try analytics("alerts", "--after-cursor", "nonsense")
    #expect(bad.status == 64)
    let foreign = try analytics("alerts", "--after-cursor", "00000000.1")
    #expect(foreign.status == 64)
    #expect(foreign.stderr.contains("another database"))
  }

  @Test func emptyListIsFine() throws {
    let result = try analytics("alerts", "--camera", "roof")
    #expect(result.status == 0)
    #expect(result.stdout == "")
    let cameras = ##""door", "garden, "gate"""##
    #expect(result.stderr == "no alerts: no camera is called \"roof\"; there are \(cameras)\n")
  }

  @Test(arguments: [
    ["alerts", "--json", "--csv"], ["alerts", "-f", "-r"], ["alerts", "-n", "-1"],
    ["alerts", "--since", "soon"],
    ["alerts", "mark", "1"], ["alerts", "mark", "1", "--true", "--false"], ["alerts", "show"],
    ["alerts", "--colour"],
  ])
  func wrongUsageIsRefused(arguments: [String]) throws {
    let result = try AnalyticsBinary.run(arguments + ["--database", path])
    #expect(result.status == 64)
    #expect(result.stdout == "")
    #expect(result.stderr.hasPrefix("Error: "))
  }

  @Test func showTellsAllAndSavesPictures() throws {
    let snapshot = folder.appending(path: "s.jpg")
    let heatMap = folder.appending(path: "h.png")
    let result = try analytics("alerts", "show", "1", "--snapshot", snapshot.path, "--heat-map", heatMap.path)
    #expect(result.status == 0)
    #expect(result.stdout.contains("camera      door\n"))
    #expect(result.stdout.contains("evidence    motion\n"))
    #expect(try analytics("alerts", "show", "2").stdout.contains("evidence    unknown\n"))
    #expect(result.stdout.contains("ended       2026-11-21 13:00:04+01:00\n"))
    #expect(try Data(contentsOf: snapshot) == Data("snapshot".utf8))
    #expect(try Data(contentsOf: heatMap) == Data("heat".utf8))
    let link = folder.appending(path: "link")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: heatMap)
    #expect(try analytics("alerts", "show", "1", "--snapshot", link.path).status == 0)
    #expect(try Data(contentsOf: heatMap) == Data("snapshot".utf8), "a link is followed, not replaced")
    let json = try analytics("alerts", "show", "1", "--json").stdout
    #expect(try analytics("alerts", "--json").stdout.hasPrefix(json))
    let none = try analytics("alerts", "show", "2", "--snapshot", snapshot.path)
    #expect(none.status == 1)
    #expect(none.stderr == "analytics: alert 2 has no snapshot.\n")
    #expect(try analytics("alerts", "show", "99").status == 1)
    #expect(try analytics("alerts", "show", "1", "--snapshot", "/nowhere/s.jpg").status == 74)
  }

  @Test func markIsSeen() throws {
    #expect(try analytics("alerts", "mark", "3", "--true").status == 0)
    #expect(try store.alert(3).mark == true)
    #expect(try analytics("alerts", "mark", "3", "--false").status == 0)
    #expect(try store.alert(3).mark == false)
    let none = try analytics("alerts", "mark", "99", "--true")
    #expect(none.status == 1)
    #expect(none.stderr == "analytics: there is no alert 99. `analytics alerts` lists them.\n")
  }

  @Test func missingDatabaseIsNamed() throws {
    for arguments in [["alerts"], ["alerts", "show", "1"], ["alerts", "mark", "1", "--true"], ["check"]] {
      let result = try AnalyticsBinary.run(arguments + ["--database", "/nowhere/log.db"])
      #expect(result.status == 74)
      #expect(result.stderr.hasPrefix("analytics: /nowhere/log.db: there is no such database"))
    }
  }

  @Test func databaseComesFromTheEnvironmentOrTheFolder() throws {
    let named = try AnalyticsBinary.run(["alerts", "--json"], environment: ["ANALYTICS_DATABASE": path])
    #expect(named.stdout.split(separator: "\n").count == 3)
    let local = try AnalyticsBinary.run(
      ["alerts"], environment: ["ANALYTICS_DATABASE": ""], folder: folder)
    #expect(local.status == 74)
    #expect(local.stderr.contains("analytics.db"))
  }

  @Test func checkSaysWhatIsWrong() throws {
    let fine = try analytics("check")
    #expect(fine.status == 0)
    #expect(fine.stdout == "\(path): all is well\n")
    try Data("x".utf8).write(to: URL(filePath: path + ".media/stray.jpg"))
    let result = try analytics("check")
    #expect(result.status == 1)
    #expect(result.stdout.hasPrefix("\(path).media/stray.jpg belongs to no alert"))
    #expect(try analytics("check", "--json").stdout.hasPrefix("{\"invariant\":7,\"message\":"))
  }

  @Test func fullOutputIsAnError() throws {
    let process = AnalyticsBinary.process(["alerts", "--database", path])
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
  }

  // MARK: - Following

  /// Starts `alerts -f --json` and reads its first lines.
  private func follow() throws -> (process: Process, output: FileHandle, lines: LineReader) {
    let process = AnalyticsBinary.process(["alerts", "-f", "--json", "--database", path])
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    return (process, pipe.fileHandleForReading, LineReader(pipe.fileHandleForReading))
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func followerSeesOpeningsEndsAndMarksAndEndsCleanly(signal: Int32) throws {
    let follower = try follow()
    #expect(follower.lines.next()?.contains("\"id\":1,") == true)
    #expect(follower.lines.next()?.contains("\"id\":2,") == true)
    #expect(follower.lines.next()?.contains("\"id\":3,") == true)
    try store.save(Self.alert(2, after: 4000, lasting: nil), of: door)
    #expect(follower.lines.next()?.contains("\"ended_at\":null,") == true)
    try store.save(Self.alert(2, after: 4000, lasting: 3), of: door)
    #expect(follower.lines.next()?.contains("\"ended_at\":\"2026-11-21T13:06:43.000Z\"") == true)
    try store.mark(1, isTrue: true)
    #expect(follower.lines.next()?.contains("\"marked\":\"true\"") == true)
    kill(follower.process.processIdentifier, signal)
    follower.process.waitUntilExit()
    #expect(follower.process.terminationReason == .exit)
    #expect(follower.process.terminationStatus == 0)
  }

  @Test func followerEndsWhenItsReaderGoes() throws {
    let follower = try follow()
    #expect(follower.lines.next() != nil)
    try follower.output.close()
    follower.process.waitUntilExit()
    #expect(follower.process.terminationReason == .exit)
    #expect(follower.process.terminationStatus == 0)
  }
}
