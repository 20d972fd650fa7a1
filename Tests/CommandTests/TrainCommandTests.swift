import Foundation
import TestKit
import Testing

/// `analytics train` as a user runs it, and what becomes of its models when they are damaged.
@Suite(.enabled(if: SmallCamera.isAvailable)) struct TrainCommandTests {
  private let folder: TemporaryFolder
  private let camera: SmallCamera
  private var output: URL { folder.url.appending(path: "model.safetensors") }
  private var checkpoint: URL { folder.url.appending(path: "model.safetensors.checkpoint") }

  init() throws {
    folder = try TemporaryFolder()
    camera = try SmallCamera.shared()
  }

  private func arguments(steps: Int = 2, output: String? = nil) -> [String] {
    [
      "train", "--from", camera.normal.path, "--output", output ?? self.output.path, "--init", "scratch",
      "--steps", "\(steps)", "--size", "16x16",
    ]
  }

  // MARK: Ctrl-C

  @Test func anInterruptedTrainingGoesOnAsIfNeverInterrupted() throws {
    let whole = folder.url.appending(path: "whole.safetensors")
    #expect(try AnalyticsBinary.run(arguments(steps: 150, output: whole.path)).status == 0)
    let process = AnalyticsBinary.process(arguments(steps: 150))
    let diagnostics = Pipe()
    process.standardError = diagnostics
    try AnalyticsBinary.start(process)
    let lines = LineReader(diagnostics.fileHandleForReading)
    #expect(lines.next()?.hasPrefix("step 100, ") == true)
    kill(process.processIdentifier, SIGINT)
    let last = try #require(lines.next())
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(last.contains("interrupted after 1") && last.contains("--resume"), "\(last)")
    #expect(FileManager.default.fileExists(atPath: checkpoint.path))
    #expect(!FileManager.default.fileExists(atPath: output.path))
    // What was learned is not thrown away by leaving an option out.
    let kept = try Data(contentsOf: checkpoint)
    let anew = try AnalyticsBinary.run(arguments(steps: 150))
    #expect(anew.status == 74)
    #expect(anew.stderr.contains("\(checkpoint.path): this is the checkpoint of an interrupted training"))
    #expect(try Data(contentsOf: checkpoint) == kept)
    let resumed = try AnalyticsBinary.run(arguments(steps: 150) + ["--resume"])
    #expect(resumed.status == 0, "\(resumed.stderr)")
    #expect(try Data(contentsOf: output) == Data(contentsOf: whole))
    #expect(!FileManager.default.fileExists(atPath: checkpoint.path))
  }

  @Test func resumingNeedsACheckpointOfTheSameTraining() throws {
    let none = try AnalyticsBinary.run(arguments() + ["--resume"])
    #expect(none.status == 74)
    #expect(none.stderr.contains("\(checkpoint.path): there is no checkpoint to go on from"))
    try FileManager.default.copyItem(at: camera.model, to: checkpoint)
    let model = try AnalyticsBinary.run(arguments() + ["--resume"])
    #expect(model.status == 65)
    #expect(model.stderr.contains("\(checkpoint.path): is no checkpoint"))
  }

  // MARK: Footage

  @Test func whetherMotionWasLearnedIsSaid() throws {
    let trained = try AnalyticsBinary.run(arguments())
    #expect(trained.stderr.contains("2 steps in all, motion learned"), "\(trained.stderr)")
    let shown = try AnalyticsBinary.run(["models", "show", output.path])
    #expect(shown.stdout.contains("motion: learned\n"))
    // A frame every four seconds shows no motion.
    let slow = folder.url.appending(path: "slow.mkv").path
    let ffmpeg = Process()
    ffmpeg.executableURL = URL(filePath: "/usr/bin/env")
    ffmpeg.arguments = [
      "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=gray:s=64x48:r=1/4:d=1200", "-c:v", "mjpeg",
      slow,
    ]
    try ffmpeg.run()
    ffmpeg.waitUntilExit()
    let still = try AnalyticsBinary.run(["train", "--from", slow] + arguments().dropFirst(3))
    #expect(still.status == 0, "\(still.stderr)")
    #expect(
      still.stderr.contains("no motion was learned, since fewer than 64 of the held-back frames had any"))
    #expect(still.stderr.contains("2 steps in all, no motion learned"))
    let other = try AnalyticsBinary.run(["models", "show", output.path])
    #expect(other.stdout.contains("motion: none: too few frames of the footage had any\n"))
    let json = try AnalyticsBinary.run(["models", "show", output.path, "--json"])
    #expect(json.stdout.contains("\"knows_motion\":false"))
  }

  @Test func footageThatCannotBeUsedIsNamed() throws {
    let missing = try AnalyticsBinary.run(
      ["train", "--from", camera.normal.path, "/nowhere/b.mp4"] + arguments().dropFirst(3))
    #expect(missing.status == 74)
    #expect(missing.stderr == "analytics: /nowhere/b.mp4: there is no such file\n")
    let text = try folder.write("no video", to: "text.mp4").path
    let bad = try AnalyticsBinary.run(["train", "--from", text] + arguments().dropFirst(3))
    #expect(bad.status == 65)
    #expect(bad.stderr.hasPrefix("analytics: \(text): "))
    let short = try AnalyticsBinary.run(["train", "--from", camera.short.path] + arguments().dropFirst(3))
    #expect(short.status == 65)
    #expect(short.stderr.contains("the longest clip has 10 frames"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["text.mp4"])
  }

  // MARK: Output

  @Test func anOutputThatCannotBeWrittenIsFoundOutBeforeTheWork() throws {
    let file = try folder.write("x", to: "file").path
    let pipe = folder.url.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in ["/nowhere/model", "\(file)/model", "/proc/model", folder.url.path, pipe] {
      let result = try AnalyticsBinary.run(arguments(steps: 1_000_000, output: path))
      #expect(result.exited && result.status == 74, "\(result.stderr)")
      #expect(result.stderr.hasPrefix("analytics: \(path)") && result.stderr.contains("cannot be written"))
    }
    var status = stat()
    #expect(stat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO, "the pipe is still a pipe")
  }

  @Test(.enabled(if: SmallDisk.isAvailable, "only root can mount a small disk"))
  func aFullDiskIsSaidToBe() throws {
    let disk = try SmallDisk(kilobytes: 64)
    let result = try AnalyticsBinary.run(arguments(output: disk.path + "/model"))
    #expect(result.exited && result.status == 74)
    #expect(result.stderr.contains(disk.path) && result.stderr.contains("No space left"), "\(result.stderr)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
  }

  // MARK: Models

  /// What is done to a sound model, and what must be said of it then.
  enum Damage: String, CaseIterable {
    case missing, folder, pipe, empty, text, truncated, header, hugeHeader, flipped, network, size, card,
      calibration
    case uncalibrated

    var status: Int32 {
      switch self {
      case .missing, .folder, .pipe: 74
      default: 65
      }
    }

    var words: String {
      switch self {
      case .missing: "No such file or directory"
      case .folder: "it is a folder"
      case .pipe: "it is a pipe or a device"
      case .empty: "has 0 bytes and is no safetensors file"
      case .text: "states a header of"
      case .truncated: "the file is truncated"
      case .header: "within its header"
      case .hugeHeader: "states a header of 2147483648 bytes"
      case .flipped: "SHA-256"
      case .network: "holds YOLO; STAE-grayscale is needed"
      case .size: "has shape"
      case .card: "its card asks for cubes of 15×-8×32"
      case .calibration: "its calibration is for another size than its network"
      case .uncalibrated: "is not calibrated"
      }
    }
  }

  @Test(arguments: Damage.allCases) func aBrokenModelIsRefused(damage: Damage) throws {
    let model = folder.url.appending(path: "broken.safetensors")
    try Self.write(camera.model, to: model, with: damage)
    let database = folder.url.appending(path: "log.db").path
    let uses = [
      ["replay", camera.event.path, "--model", model.path, "--database", database],
      ["train", "--from", camera.normal.path, "--init", model.path, "--output", output.path, "--steps", "1"],
    ]
    // To train on, a model needs no calibration.
    for arguments in damage == .uncalibrated ? uses.prefix(1) : uses[...] {
      let result = try AnalyticsBinary.run(arguments)
      #expect(result.exited && result.status == damage.status, "\(result.stderr)")
      #expect(result.stdout.isEmpty)
      #expect(result.stderr.hasPrefix("analytics: \(model.path): "), "\(result.stderr)")
      #expect(result.stderr.contains(damage.words), "\(result.stderr)")
    }
    #expect(!FileManager.default.fileExists(atPath: output.path))
  }

  private static func write(_ sound: URL, to url: URL, with damage: Damage) throws {
    let data = try Data(contentsOf: sound)
    switch damage {
    case .missing: break
    case .folder: try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    case .pipe: #expect(mkfifo(url.path, 0o600) == 0)
    case .empty: try Data().write(to: url)
    case .text: try Data("This is a text, and no model.".utf8).write(to: url)
    case .truncated: try data.prefix(data.count / 2).write(to: url)
    case .header: try data.prefix(200).write(to: url)
    case .hugeHeader:
      try (withUnsafeBytes(of: UInt64(1 << 31).littleEndian) { Data($0) } + data.dropFirst(8)).write(to: url)
    case .flipped:
      var data = data
      data[data.count - 5] ^= 1
      try data.write(to: url)
    case .network: try edit(data) { $0["network"] = "YOLO" }.write(to: url)
    case .size: try resized(data).write(to: url)
    case .card:
      try edit(data) {
        $0["card"] = $0["card"]?.replacing("\"frames\":16,\"height\":32", with: "\"frames\":15,\"height\":-8")
      }.write(to: url)
    case .calibration:
      try edit(data) { $0["card"] = $0["card"]?.replacing("\"height\":32", with: "\"height\":64") }.write(
        to: url)
    case .uncalibrated: try edit(data) { $0["calibration"] = nil }.write(to: url)
    }
  }

  /// A model file with other metadata, and no SHA-256 that would give it away.
  private static func edit(_ data: Data, _ change: (inout [String: String]) -> Void) throws -> Data {
    try editHeader(data) { header in
      var metadata = try #require(header["__metadata__"] as? [String: String])
      metadata["sha256"] = nil
      change(&metadata)
      header["__metadata__"] = metadata
    }
  }

  /// A sound file whose first convolution has another shape.
  private static func resized(_ data: Data) throws -> Data {
    try editHeader(data) { header in
      var tensor = try #require(header["encoder.0.weight"] as? [String: Any])
      var shape = try #require(tensor["shape"] as? [Int])
      shape.swapAt(0, 1)
      tensor["shape"] = shape
      header["encoder.0.weight"] = tensor
    }
  }

  private static func editHeader(_ data: Data, _ change: (inout [String: Any]) throws -> Void) throws -> Data
  {
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    var header = try #require(
      JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length)) as? [String: Any])
    try change(&header)
    let json = try JSONSerialization.data(withJSONObject: header)
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json
      + data.dropFirst(8 + length)
  }

  // MARK: Usage

  @Test(arguments: [
    ["--size", "0x0"], ["--size", "30x32"], ["--size", "-32x32"], ["--size", "32"],
    ["--size", "99999x99999"],
    ["--size", "32x32x32"], ["--size", "32xé"], ["--steps", "0"], ["--steps", "-1"], ["--steps", "1e9"],
    ["--steps", "99999999999999999999"], ["--minutes", "0"], ["--minutes", "-1"], ["--minutes", "nan"],
    ["--minutes", "inf"], ["--minutes", "1", "--steps", "1"], ["--frames-per-second", "0"],
    ["--frames-per-second", "-10"], ["--frames-per-second", "nan"], ["--frames-per-second", "1e9"],
    ["--seed", "-1"], ["--seed", "1.5"], ["--threads", "0"], ["--threads", "257"], ["--no-such-option"],
  ]) func usageErrors(arguments: [String]) throws {
    let result = try AnalyticsBinary.run(
      ["train", "--from", camera.normal.path, "--output", output.path, "--init", "scratch"] + arguments)
    #expect(result.exited && result.status == 64, "\(result.stderr)")
    #expect(result.stderr.contains("Usage: analytics train"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test(arguments: [
    ["train"], ["train", "--from", "a.mp4"], ["train", "--output", "m"],
    ["train", "--from", "--output", "m"],
    ["train", "--from", "a.mp4", "--output", ""],
  ]) func whatIsRequiredIsAskedFor(arguments: [String]) throws {
    let result = try AnalyticsBinary.run(arguments, folder: folder.url)
    #expect(result.exited && result.status == 64, "\(result.stderr)")
  }
}
