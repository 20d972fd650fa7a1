import Anomaly
import Decode
import Foundation
import Network
import Store
import TestKit
import Testing

/// The daemon as systemd starts and stops it.
@Suite struct RunCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("s3cr3t\n", to: "password")
    try Self.writeModel(to: folder.url.appending(path: "gate.safetensors"))
  }

  /// A network with fresh weights, calibrated on a noisy wall: no model to be proud of, but one of every part.
  private static func writeModel(to file: URL) throws {
    let shape = CubeShape(frames: 16, height: 32, width: 32)
    let network = STAE(seed: 1)
    var generator = SeededGenerator(seed: 1)
    let errors = FeatureStream(
      reconstructor: STAEReconstructor(network, cubeShape: shape, compute: Compute(threads: 1)))
    var builder = CalibrationBuilder(grid: errors.grid)
    for index in 0..<128 {
      let pixels = (0..<shape.pixelsPerFrame).map { _ in 100 + UInt8(generator.next() % 8) }
      let picture = GrayPicture(size: PictureSize(width: 32, height: 32), pixels: pixels)
      let stamp = FrameStamp(index: index, presentationTime: .milliseconds(100 * index))
      for error in try errors.add(picture, stamp: stamp) { builder.add(error) }
    }
    let card = AnomalyModel.Card(
      framesPerSecond: 10, cubeShape: shape, trainingData: "a wall", steps: 0, seed: 1)
    let model = AnomalyModel(network: network, card: card, calibration: try builder.calibration())
    try model.weightsFile().write(to: file)
  }

  /// A configuration of one camera, at a port of this machine where nobody listens.
  private func writeConfiguration(model: String = "gate.safetensors", extra: String = "") throws -> String {
    try folder.write(
      """
      database: alerts.db
      cameras:
        - name: gate
          url: rtsp://viewer@127.0.0.1:1/stream
          password_file: ./password
          model: \(model)
      \(extra)
      """, to: "analytics.yaml"
    ).path
  }

  @Test func configCheckListsTheCamerasWithoutTheirPasswords() throws {
    let result = try AnalyticsBinary.run(["config", "check", "--config", try writeConfiguration()])
    #expect(result.status == 0)
    #expect(result.stdout == "gate\trtsp://***@127.0.0.1:1/stream\n")
    #expect(result.stderr.isEmpty)
  }

  /// Only the unit has systemd's credentials, and whoever checks its configuration is outside of it.
  @Test func configCheckSaysWhichCredentialsItCannotSee() throws {
    let text = try String(contentsOfFile: writeConfiguration(), encoding: .utf8)
    let file = try folder.write(text.replacing("./password", with: "gate.password"), to: "unit.yaml").path
    let checked = try AnalyticsBinary.run(["config", "check", "--config", file])
    #expect(checked.status == 0 && checked.stdout == "gate\trtsp://***@127.0.0.1:1/stream\n")
    #expect(checked.stderr.contains("not looked at: 1 secret by the name"))
    let run = try AnalyticsBinary.run(["run", "--config", file])
    #expect(run.status == 78 && run.stderr.contains("add LoadCredential=NAME:/path to the unit"))
  }

  @Test func configCheckOpensWhatItNames() throws {
    try folder.write("no model", to: "bad.safetensors")
    let file = try folder.write(
      """
      database: .
      cameras:
        - {name: gate, url: password, model: bad.safetensors}
      """, to: "files.yaml"
    ).path
    let result = try AnalyticsBinary.run(["config", "check", "--config", file])
    #expect(result.status == 78 && result.stdout.isEmpty)
    for (line, key) in [(1, "database"), (3, "cameras[0].model"), (3, "cameras[0].url")] {
      #expect(result.stderr.contains("\(file):\(line): \(key): "), "\(key): \(result.stderr)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "alerts.db").path))
  }

  /// Wherever it was put by mistake.
  @Test(arguments: [
    "{name: a, url: \"viewer:s3cr3t@host/1\", model: gate.safetensors}",
    "{name: a, url: \"rtsp://u@h/\", password_file: s3cr3t, model: gate.safetensors}",
    "{name: a, url: \"rtsp://u@h/\", password_file: ./s3cr3t, model: gate.safetensors}",
    "{name: a, url: \"rtsp://u@h/\", model: \"rtsp://viewer:s3cr3t@host/1\"}",
    "{name: \"viewer:s3cr3t@host\", url: \"rtsp://u@h/\", model: gate.safetensors}",
    "{\"viewer:s3cr3t@host\": 1, name: a, url: \"rtsp://u@h/\", model: gate.safetensors}",
  ]) func aPasswordIsNeverShown(camera: String) throws {
    let file = try folder.write("cameras:\n  - \(camera)\n", to: "leak.yaml").path
    for command in [["config", "check"], ["run"]] {
      let result = try AnalyticsBinary.run(command + ["--config", file])
      #expect(!(result.stdout + result.stderr).contains("s3cr3t"), "\(result.stderr)")
    }
  }

  @Test func aPasswordIsNotShownAsAFile() throws {
    let result = try AnalyticsBinary.run(["replay", "viewer:s3cr3t@127.0.0.1:1/stream", "--database", "z.db"])
    #expect(result.status == 74 && !result.stderr.contains("s3cr3t"), "\(result.stderr)")
  }

  @Test(arguments: ["check", "run"])
  func aBadConfigurationExitsWith78(command: String) throws {
    let file = try writeConfiguration(model: "missing.safetensors", extra: "colour: red")
    let arguments = (command == "check" ? ["config", "check"] : ["run"]) + ["--config", file]
    let result = try AnalyticsBinary.run(arguments)
    #expect(result.status == 78)
    #expect(result.stdout.isEmpty)
    #expect(result.stderr.contains("\(file):6: cameras[0].model: there is no file"))
    #expect(result.stderr.contains("\(file):7: colour: unknown key"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "alerts.db").path))
  }

  @Test func aMissingConfigurationExitsWith78() throws {
    let result = try AnalyticsBinary.run(["run", "--config", "/no/such/file.yaml"])
    #expect(result.status == 78)
    #expect(result.stderr.contains("/no/such/file.yaml: cannot be read (No such file or directory)"))
  }

  @Test func withoutAUsableModelItExitsWith78() throws {
    try folder.write("this is no model", to: "text.safetensors")
    let file = try writeConfiguration(model: "text.safetensors")
    let result = try AnalyticsBinary.run(["run", "--config", file])
    #expect(result.status == 78)
    #expect(result.stderr.contains("text.safetensors"))
    #expect(result.stderr.contains("no camera can start"))
  }

  @Test(.timeLimit(.minutes(5)), arguments: [SIGTERM, SIGINT])
  func itIsReadyWithAnUnreachableCameraAndStopsOnASignal(signal: Int32) async throws {
    let socket = folder.url.appending(path: "notify").path
    let manager = try ManagerSocket(boundTo: socket)
    let diagnostics = folder.url.appending(path: "stderr")
    try Data().write(to: diagnostics)
    let process = AnalyticsBinary.process(
      ["run", "--config", try writeConfiguration()],
      environment: ["NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "4000000"])
    process.standardError = try FileHandle(forWritingTo: diagnostics)
    try process.run()
    defer { if process.isRunning { process.terminate() } }
    #expect(try await manager.next() == "READY=1")
    // The camera refuses connections, and that is no reason to starve the watchdog.
    var messages: [String] = []
    while messages.count(where: { $0 == "WATCHDOG=1" }) < 3 { messages.append(try await manager.next()) }
    while !messages.contains(where: { $0.contains("gate: trying again in ") }) {
      messages.append(try await manager.next())
    }
    kill(process.processIdentifier, signal)
    while messages.last != "STOPPING=1" { messages.append(try await manager.next()) }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    let log = try String(contentsOf: diagnostics, encoding: .utf8)
    #expect(log.contains("gate: trying again in ") && log.contains("rtsp://***@127.0.0.1:1/stream"))
    #expect(!(log + messages.joined()).contains("s3cr3t") && !(log + messages.joined()).contains("viewer"))
    // The run was ended, not interrupted, and the log is whole.
    let database = folder.url.appending(path: "alerts.db").path
    #expect(try AlertStore.check(databaseAt: database).isEmpty)
  }
}
