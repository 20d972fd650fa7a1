import Daemon
import Decode
import Foundation
import Logging
import Network
import Store
import TestKit
import Testing

/// With real RTSP servers on loopback, real decoding, and a real configuration file.
@Suite(.enabled(if: RTSPServer.isAvailable, "needs GStreamer's RTSP server and Python bindings"))
struct LiveCameraTests {
  private let folder: TemporaryFolder
  private let store: AlertStore
  private let log = LogLines()

  init() throws {
    folder = try TemporaryFolder()
    store = try AlertStore(openingAt: folder.url.appending(path: "alerts.db"), mode: .readWrite)
    try folder.write("", to: "wall.safetensors")
    try folder.write("s3cr3t\n", to: "password")
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "footage"), withIntermediateDirectories: true)
    // Four seconds of wall, then one and a half with a block.
    let pictures = SyntheticFootage(seed: 1).pictures(55, irregular: 40..<55)
    for (index, picture) in pictures.enumerated() {
      let name = String(repeating: "0", count: 5 - "\(index)".count) + "\(index).jpg"
      try picture.jpegData(quality: 95).write(to: folder.url.appending(path: "footage/\(name)"))
    }
  }

  private func startServer(port: Int = 0) throws -> RTSPServer {
    try RTSPServer(folder: folder.url.appending(path: "footage"), port: port)
  }

  private func supervisor(_ cameras: [(name: String, port: Int)], timeoutSeconds: Int) throws -> Supervisor {
    let entries = cameras.map {
      """
        - name: \($0.name)
          url: rtsp://viewer@127.0.0.1:\($0.port)/stream
          password_file: ./password
          model: wall.safetensors
          timeout_seconds: \(timeoutSeconds)

      """
    }
    let file = try folder.write("cameras:\n" + entries.joined(), to: "analytics.yaml")
    var environment = Supervisor.Environment()
    environment.loadModel = { _ in try .wall() }
    environment.makeBackoff = { _ in
      Backoff(first: .milliseconds(50), longest: .milliseconds(400), generator: SeededGenerator(seed: 1))
    }
    environment.notifier = SystemdNotifier(environment: [:])
    return Supervisor(
      configuration: try Configuration.load(from: file, environment: [:]), store: store,
      programVersion: "test", environment: environment, logger: log.logger)
  }

  @Test func aCameraThatDiesComesBackAndTheOtherIsUndisturbed() async throws {
    let servers = [try startServer(), try startServer()]
    let port = servers[0].port
    let supervisor = try supervisor(
      [("gate", port), ("yard", servers[1].port)], timeoutSeconds: 5)
    let gate = supervisor.statuses[0]
    let yard = supervisor.statuses[1]
    try await supervisor.runWhile {
      try await gate.wait { $0.alerts >= 1 }
      let before = try await yard.wait { $0.alerts >= 1 }
      servers[0].kill()
      try await gate.wait { if case .backingOff = $0.state { true } else { false } }
      // The other goes on while this one is away.
      try await yard.wait { $0.framesAnalysed >= before.framesAnalysed + 10 }
      #expect(gate.snapshot.connections == 1)
      let revived = try startServer(port: port)
      try await gate.wait { $0.connections == 2 && $0.alerts >= 2 }
      let after = yard.snapshot
      #expect(after.connections == 1 && after.stateChanges == before.stateChanges)
      #expect(after.framesDropped == before.framesDropped)
      withExtendedLifetime(revived) {}
    }
    let alerts = try store.alerts().alerts
    #expect(alerts.count { $0.camera == "gate" } >= 2 && alerts.contains { $0.camera == "yard" })
    for alert in alerts {
      #expect(alert.endedAt != nil && alert.snapshot != nil && alert.kind == .irregular)
      // Wall time, not stream time.
      #expect(abs(alert.startedAt.date.timeIntervalSinceNow) < 600)
    }
    #expect(log.all.contains { $0.hasPrefix("<4>gate: trying again in ") })
    #expect(log.all.contains { $0.contains("streaming h264 160×120") })
    #expect(!log.all.contains { $0.contains("s3cr3t") || $0.contains("viewer") })
  }

  @Test func aCameraThatFreezesIsGivenUpAtItsDeadlineAndComesBack() async throws {
    let server = try startServer()
    let supervisor = try supervisor([("gate", server.port)], timeoutSeconds: 1)
    let gate = supervisor.statuses[0]
    try await supervisor.runWhile {
      try await gate.wait { $0.framesAnalysed >= 5 }
      server.freeze()
      let away = try await gate.wait { if case .backingOff = $0.state { true } else { false } }
      #expect(away.lastError?.contains("rtsp://***@127.0.0.1") == true)
      // Opening a frozen camera ends at the deadline too.
      try await gate.wait { $0.stateChanges >= away.stateChanges + 2 }
      server.thaw()
      try await gate.wait { $0.connections >= 2 && $0.framesAnalysed >= away.framesAnalysed + 20 }
    }
    #expect(gate.snapshot.state == .stopped)
  }

  @Test func aWrongPasswordIsReportedWithoutBeingShown() async throws {
    let server = try startServer()
    try folder.write("wr0ng\n", to: "password")
    let supervisor = try supervisor([("gate", server.port)], timeoutSeconds: 5)
    try await supervisor.runWhile {
      let away = try await supervisor.statuses[0].wait { $0.state.isIdle }
      #expect(away.connections == 0)
      #expect(away.lastError?.contains("wr0ng") == false)
    }
    #expect(!log.all.contains { $0.contains("wr0ng") })
  }
}
