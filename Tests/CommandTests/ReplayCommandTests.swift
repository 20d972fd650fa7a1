import Foundation
import Store
import TestKit
import Testing

/// `analytics replay` as a user runs it, on clips that ffmpeg makes.
@Suite(.enabled(if: SmallCamera.isAvailable)) struct ReplayCommandTests {
  private let folder: TemporaryFolder
  private let camera: SmallCamera
  private var database: String { folder.url.appending(path: "log.db").path }

  init() throws {
    folder = try TemporaryFolder()
    camera = try SmallCamera.shared()
  }

  private func replay(
    _ clip: String, model: String? = nil, database: String? = nil, folder: URL? = nil, _ more: String...
  ) throws -> AnalyticsBinary.Result {
    try AnalyticsBinary.run(
      ["replay", clip, "--model", model ?? camera.model.path, "--database", database ?? self.database] + more,
      folder: folder)
  }

  // MARK: Determinism

  @Test func theSameClipGivesTheSameRowsPicturesAndOutput() throws {
    let folders = [folder.url.appending(path: "a"), folder.url.appending(path: "b")]
    let results = try zip(folders, ["1", "2"]).map { folder, threads in
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return try replay(
        camera.event.path, database: "log.db", folder: folder, "--json", "--threads", threads)
    }
    #expect(results.allSatisfy { $0.status == 0 })
    #expect(results[0].stdout.contains("\"kind\":\"irregular\""))
    #expect(results[0].stdout == results[1].stdout)
    #expect(results[0].stderr == results[1].stderr)
    let paths = folders.map { $0.appending(path: "log.db").path }
    let rows = try dump(paths[0])
    #expect(try rows == dump(paths[1]))
    #expect(rows.contains("regularity\n  [run_camera_id:1 second_s:0 "))
    let pictures = try pictures(of: paths[0])
    #expect(pictures.count >= 2)
    #expect(try pictures == CommandTests.pictures(of: paths[1]))
    #expect(try AlertStore.check(databaseAt: paths[0]).isEmpty)
  }

  @Test func aSecondReplayKeepsRowsNumbersAndMarks() throws {
    let first = try replay(camera.event.path, "--json")
    #expect(first.stdout.contains("\"marked\":null"))
    #expect(try AnalyticsBinary.run(["alerts", "mark", "1", "--false", "--database", database]).status == 0)
    let rows = try dump(database)
    let pictures = try pictures(of: database)
    let second = try replay(camera.event.path, "--json")
    #expect(second.status == 0)
    #expect(try dump(database) == rows)
    #expect(try CommandTests.pictures(of: database) == pictures)
    let (unmarked, mark) = ("\"id\":1,\"kind\":\"irregular\",\"marked\":", "\"false\"")
    let marked = first.stdout.replacing(unmarked + "null", with: unmarked + mark)
    #expect(second.stdout == marked && marked != first.stdout)
    #expect(try AlertStore.check(databaseAt: database).isEmpty)
  }

  @Test func failOnAlertTellsAClipWithAnAlertFromOneWithout() throws {
    let event = try replay(camera.event.path, "--fail-on-alert")
    #expect(event.status == 3)
    #expect(event.stderr.contains("200 of 200 frames scored, 1 alert"))
    let normal = try replay(camera.normal.path, "--fail-on-alert")
    #expect(normal.status == 0)
    #expect(normal.stdout.isEmpty && normal.stderr.contains("300 of 300 frames scored, 0 alerts"))
  }

  @Test func timesCountFromTheGivenStart() throws {
    let result = try replay(camera.event.path, "--json", "--started-at", "2026-11-21T13:00:00Z")
    #expect(result.stdout.contains("\"started_at\":\"2026-11-21T13:00:0"))
  }

  // MARK: Learning from the clip

  @Test func learnsFromTheBeginningAndScoresTheRest() throws {
    let model = folder.url.appending(path: "small.safetensors").path
    let training = try AnalyticsBinary.run([
      "train", "--from", camera.normal.path, "--output", model, "--init", "scratch", "--steps", "1", "--size",
      "16x16",
    ])
    #expect(training.status == 0)
    let result = try replay(camera.normal.path, model: model, "--learn", "27")
    #expect(result.status == 0)
    #expect(result.stderr.contains("29 of 29 frames scored"))
  }

  @Test func learningMustLeaveSomethingToScore() throws {
    let result = try replay(camera.event.path, "--learn", "600")
    #expect(result.status == 65)
    #expect(result.stdout.isEmpty)
    #expect(result.stderr.contains("\(camera.event.path): lasts 19.9 s, so nothing is left to score"))
  }

  /// 12 s would do to train on, but not to calibrate on: that must be known before the training.
  @Test(arguments: ["0.001", "2", "12"]) func learningNeedsEnough(seconds: String) throws {
    let result = try replay(camera.event.path, "--learn", seconds)
    #expect(result.status == 65)
    #expect(result.stderr.contains("too little to learn from") && result.stderr.contains("at least 12.8 s"))
  }

  // MARK: Clips

  @Test func aClipShorterThanACubeIsSaidToBe() throws {
    let result = try replay(camera.short.path, "--fail-on-alert")
    #expect(result.status == 0)
    #expect(result.stdout.isEmpty)
    #expect(result.stderr.contains("\(camera.short.path): 10 frames are fewer than one cube takes"))
  }

  @Test func whatIsNoFileIsNamed() throws {
    let pipe = folder.url.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    let cases = [
      ("/nowhere/clip.mp4", "there is no such file"), (folder.url.path, "is a folder"),
      (pipe, "is a pipe or a device"), ("/dev/zero", "is a pipe or a device"),
      ("/dev/null", "is a pipe or a device"), ("", "there is no such file"),
    ]
    for (clip, reason) in cases {
      let result = try replay(clip)
      #expect(result.exited && result.status == 74, "\(clip)")
      #expect(result.stderr.hasPrefix("analytics: \(clip): \(reason)"), "\(result.stderr)")
    }
    #expect(!FileManager.default.fileExists(atPath: database), "a mistyped name must not make a database")
  }

  @Test func oddNamesAreHarmless() throws {
    let clip = folder.url.appending(path: "día 1: \u{1B}[31mred\nwall.mkv")
    try FileManager.default.copyItem(at: camera.event, to: clip)
    let result = try replay(clip.path)
    #expect(result.status == 0)
    #expect(!(result.stdout + result.stderr).contains("\u{1B}"))
    #expect(result.stdout.contains("día 1: \\u{1b}[31mred\\u{a}wall"))
    let named = try replay(camera.event.path, "--camera", "hall\t\u{7}\u{1F4F7}", "--json")
    #expect(named.stdout.contains(#""camera":"hall\t\u0007📷""#))
  }

  // MARK: Where nothing can be written

  @Test func aDatabaseThatCannotBeWrittenIsNamed() throws {
    let file = try folder.write("a file of somebody else", to: "file").path
    for path in ["\(file)/log.db", "/proc/log.db", "/dev/null", folder.url.path, file] {
      let result = try replay(camera.event.path, database: path)
      #expect(result.exited && result.status == 74, "\(path): \(result.stderr)")
      #expect(result.stdout.isEmpty)
      #expect(result.stderr.hasPrefix("analytics: /"), "\(result.stderr)")
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "a file of somebody else")
  }

  @Test func aReportThatCannotBeWrittenIsFoundOutBeforeTheWork() throws {
    let file = try folder.write("a file", to: "file").path
    let pipe = folder.url.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in ["/nowhere/r.html", "\(file)/r.html", "/proc/r.html", folder.url.path, pipe] {
      let result = try replay(camera.event.path, "--report", path)
      #expect(result.exited && result.status == 74, "\(path): \(result.stderr)")
      #expect(result.stdout.isEmpty && result.stderr.contains(path), "\(result.stderr)")
    }
    #expect(try replay(camera.event.path, "--report", file).status == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8).contains("<svg"))
  }

  /// SQLite means something else than a file by these names.
  @Test(arguments: [":memory:", "file:log.db?mode=memory"]) func aDatabaseIsAFile(name: String) throws {
    #expect(try replay(camera.event.path, database: name, folder: folder.url).status == 0)
    #expect(FileManager.default.fileExists(atPath: folder.url.appending(path: name).path))
  }

  @Test(.enabled(if: SmallDisk.isAvailable, "only root can mount a small disk"))
  func aFullDiskKeepsWhatWasStored() throws {
    let disk = try SmallDisk(kilobytes: 512)
    let path = disk.path + "/log.db"
    #expect(try replay(camera.short.path, database: path).status == 0)
    let ballast = URL(filePath: disk.path + "/ballast")
    try? Data(count: 1 << 20).write(to: ballast)
    let full = try FileHandle(forWritingTo: ballast)
    while (try? full.write(contentsOf: Data(count: 4096))) != nil {}
    let result = try replay(camera.event.path, database: path)
    #expect(result.exited && result.status == 74)
    #expect(
      result.stderr.contains("\(path)") && result.stderr.contains("the disk is full"), "\(result.stderr)")
    try full.close()
    try FileManager.default.removeItem(at: ballast)
    #expect(try AlertStore.check(databaseAt: path).isEmpty)
    #expect(try replay(camera.event.path, database: path, "--fail-on-alert").status == 3)
  }

  // MARK: Ctrl-C

  /// The first alert of a long clip is the sign that the replay is under way.
  @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedReplayKeepsWhatItFound(signal: Int32) throws {
    do { _ = try AlertStore(openingAt: database, mode: .readWrite) }
    let follower = AnalyticsBinary.process(["alerts", "-f", "--json", "--database", database])
    let news = Pipe()
    follower.standardOutput = news
    try AnalyticsBinary.start(follower)
    let process = AnalyticsBinary.process(
      ["replay", camera.long.path, "--model", camera.model.path, "--database", database])
    let diagnostics = Pipe()
    process.standardError = diagnostics
    process.standardOutput = FileHandle.nullDevice
    try AnalyticsBinary.start(process)
    #expect(LineReader(news.fileHandleForReading).next()?.contains("\"id\":1,") == true)
    kill(process.processIdentifier, signal)
    let text = String(decoding: try diagnostics.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    follower.interrupt()
    follower.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(text.hasPrefix("analytics: \(camera.long.path): interrupted after "), "\(text)")
    let kept = try AlertStore(openingAt: database, mode: .readOnly).alerts().alerts
    #expect(!kept.isEmpty && kept.allSatisfy { $0.endedAt != nil && $0.snapshot != nil })
    #expect(try AlertStore.check(databaseAt: database).isEmpty)
  }

  // MARK: Usage

  @Test(arguments: [
    ["--learn", "0"], ["--learn", "-3"], ["--learn", "nan"], ["--learn", "inf"], ["--learn", "1e300"],
    ["--learn", "ten"], ["--threads", "0"], ["--threads", "-1"], ["--threads", "99999999999999999999"],
    ["--started-at", "soon"], ["--camera", ""], ["--camera", String(repeating: "x", count: 201)],
    ["--database", ""], ["--report", ""], ["--no-such-option"], ["another.mp4"],
  ]) func usageErrors(arguments: [String]) throws {
    let result = try AnalyticsBinary.run(["replay", camera.event.path] + arguments, folder: folder.url)
    #expect(result.exited && result.status == 64, "\(result.stderr)")
    #expect(result.stderr.contains("Usage: analytics replay"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }
}
