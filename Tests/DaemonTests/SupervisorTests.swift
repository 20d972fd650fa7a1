import Anomaly
import Daemon
import Decode
import Foundation
import Logging
import Network
import Store
import Synchronization
import TestKit
import Testing

/// Reconstructs walls, but only after its gate was opened.
private final class BlockedReconstructor: CubeReconstructor {
  let cubeShape = CubeShape()
  let gate: Gate
  init(gate: Gate) { self.gate = gate }

  func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) {
    gate.wait()
    reconstruction.update(repeating: 102.0 / 255)
  }
}

private struct BrokenModel: Error, CustomStringConvertible {
  let description = "broken.safetensors is truncated"
}

@Suite struct SupervisorTests {
  private let folder: TemporaryFolder
  private let store: AlertStore
  private let log = LogLines()
  private let footage: [Frame]

  init() throws {
    folder = try TemporaryFolder()
    store = try AlertStore(openingAt: folder.url.appending(path: "alerts.db"), mode: .readWrite)
    footage = try SyntheticFootage(seed: 1).frames(90, irregular: 40..<55)
  }

  private func camera(_ name: String, model: String = "wall", isFile: Bool = false) -> CameraConfiguration {
    CameraConfiguration(
      name: name, source: MediaLocation(isFile ? "/footage/\(name)" : "rtsp://user:secret@\(name)/"),
      model: URL(filePath: "/models/\(model)"))
  }

  private func environment() -> Supervisor.Environment {
    var environment = Supervisor.Environment()
    environment.loadModel = { model in
      guard model.lastPathComponent == "wall" else { throw BrokenModel() }
      return try .wall()
    }
    environment.makeBackoff = { _ in
      Backoff(first: .milliseconds(1), longest: .milliseconds(5), generator: SeededGenerator(seed: 1))
    }
    environment.notifier = SystemdNotifier(environment: [:])
    return environment
  }

  private func supervisor(
    _ cameras: [CameraConfiguration], _ environment: Supervisor.Environment
  ) -> Supervisor {
    Supervisor(
      configuration: Configuration(cameras: cameras), store: store, programVersion: "test",
      environment: environment, logger: log.logger)
  }

  @Test func camerasAreStoppedTogether() async throws {
    let gate = Gate()
    var environment = environment()
    environment.openSource = { [footage] camera, _ in
      guard camera.name == "stuck" else { throw ScriptedSource.Failure() }
      return ScriptedSource(Array(footage.prefix(3)), ending: .stall(gate))
    }
    let supervisor = supervisor([camera("failing"), camera("stuck")], environment)
    let status = Dictionary(uniqueKeysWithValues: supervisor.statuses.map { ($0.snapshot.camera, $0) })
    // It looks on while the daemon stops, and lets the stuck camera go in any case.
    let stopping = Task {
      defer { gate.open() }
      return try await status["failing"]?.wait { $0.state == .stopped }
    }
    try await supervisor.runWhile { try await status["stuck"]?.wait { $0.framesAnalysed == 3 } }
    #expect(try await stopping.value != nil)
  }

  @Test func camerasThatFailAndStallDoNotDisturbAGoodOne() async throws {
    let gate = Gate()
    let paces = Mutex<[String: Pace]>([:])
    var environment = environment()
    environment.openSource = { [footage] camera, _ in
      let pace = paces.withLock { $0[camera.name] }
      switch camera.name {
      // Its footage must not begin again between the opening of the gate and the end of the daemon.
      case "good" where gate.isOpen: throw ScriptedSource.Failure()
      case "good": return ScriptedSource(footage, ending: .stall(gate), pace: pace)
      case "stalling": return ScriptedSource(Array(footage.prefix(20)), ending: .stall(gate), pace: pace)
      case "dropping": return ScriptedSource(Array(footage.prefix(3)), ending: .fail)
      default: throw ScriptedSource.Failure()
      }
    }
    let supervisor = supervisor(
      [
        camera("failing"), camera("stalling"), camera("broken", model: "broken"), camera("dropping"),
        camera("good"),
      ], environment)
    let status = Dictionary(uniqueKeysWithValues: supervisor.statuses.map { ($0.snapshot.camera, $0) })
    paces.withLock { paces in for (name, status) in status { paces[name] = Pace(status) } }

    try await supervisor.runWhile {
      defer { gate.open() }
      try await status["stalling"]?.wait { $0.framesAnalysed == 20 }
      let good = try await status["good"]?.wait { $0.framesAnalysed == 90 }
      #expect(good?.framesDropped == 0 && good?.connections == 1 && good?.alerts == 1)
      // Retried again and again meanwhile, and never given up.
      try await status["failing"]?.wait { $0.stateChanges > 20 }
      try await status["dropping"]?.wait { $0.connections > 5 }
      #expect(status["failing"]?.snapshot.lastError?.contains("was pulled") == true)
      #expect(status["broken"]?.snapshot.state == .failed(reason: "broken.safetensors is truncated"))
      #expect(status["stalling"]?.snapshot.state == .streaming)
    }

    #expect(status["good"]?.snapshot.state == .stopped)
    let alerts = try store.alerts().alerts
    #expect(alerts.map(\.camera) == ["good"])
    #expect(alerts.first?.endedAt != nil && alerts.first?.snapshot != nil)
    #expect(
      log.all.contains { $0.hasPrefix("<3>broken: cannot be watched: broken.safetensors is truncated") })
    #expect(log.all.contains { $0.hasPrefix("<5>good: alert 1 (irregular, appearance) since ") })
    #expect(!log.all.contains { $0.contains("secret") || $0.contains("user") })
  }

  @Test func aCameraWhoseAnalysisHangsDropsItsOwnFramesOnly() async throws {
    let hang = Gate()
    let end = Gate()
    let paces = Mutex<[String: Pace]>([:])
    var environment = environment()
    environment.loadModel = { model in
      let wall = try CameraModel.wall()
      guard model.lastPathComponent == "hanging" else { return wall }
      return CameraModel(
        reconstructor: BlockedReconstructor(gate: hang), calibration: wall.calibration,
        framesPerSecond: wall.framesPerSecond, description: wall.description)
    }
    environment.openSource = { [footage] camera, _ in
      // The footage must not begin again between the opening of the gate and the end of the daemon.
      guard !end.isOpen else { throw ScriptedSource.Failure() }
      return ScriptedSource(footage, ending: .stall(end), pace: paces.withLock { $0[camera.name] })
    }
    let supervisor = supervisor([camera("slow", model: "hanging"), camera("good")], environment)
    let slow = supervisor.statuses[0]
    let good = supervisor.statuses[1]
    paces.withLock { $0["good"] = Pace(good) }

    try await supervisor.runWhile {
      defer {
        hang.open()
        end.open()
      }
      let done = try await good.wait { $0.framesAnalysed == 90 }
      #expect(done.framesDropped == 0)
      // Frame 16 hangs in the network; the queue holds eight, and the rest of the ninety has been dropped.
      let hanging = try await slow.wait { $0.framesRead == 90 }
      #expect(hanging.framesAnalysed <= 15)
      #expect(hanging.framesRead - hanging.framesDropped - hanging.framesAnalysed <= 8 + 1)
      hang.open()
      try await slow.wait { $0.framesAnalysed + $0.framesDropped == 90 }
    }
    #expect(try store.alerts(AlertQuery(camera: "good")).alerts.count == 1)
  }

  @Test func shutdownEndsOpenAlerts() async throws {
    let gate = Gate()
    let paces = Mutex<[String: Pace]>([:])
    var environment = environment()
    let frames = Array(footage.prefix(50))
    environment.openSource = { camera, _ in
      ScriptedSource(frames, ending: .stall(gate), pace: paces.withLock { $0[camera.name] })
    }
    let supervisor = supervisor([camera("gate")], environment)
    let status = supervisor.statuses[0]
    paces.withLock { $0["gate"] = Pace(status) }
    try await supervisor.runWhile { [store] in
      defer { gate.open() }
      try await status.wait { $0.framesAnalysed == 50 && $0.alerts == 1 }
      #expect(try store.alerts().alerts.map(\.endedAt) == [nil])
    }
    let alert = try #require(try store.alerts().alerts.first)
    #expect(alert.endedAt != nil && !alert.isEndEstimated)
    #expect(status.snapshot.state == .stopped)
  }

  @Test func whatCouldNotBeStoredIsStoredWhenItCanBe() async throws {
    // The folder of the pictures is away while the event happens, as on a disk that was unmounted.
    let media = folder.url.appending(path: "alerts.db.media")
    let away = folder.url.appending(path: "away")
    let gate = Gate()
    let isConnected = Mutex(false)
    let statuses = Mutex<[CameraStatus]>([])
    var environment = environment()
    environment.openSource = { [footage] _, _ in
      guard isConnected.withLock({ $0 }), let status = statuses.withLock({ $0.first }) else {
        throw ScriptedSource.Failure()
      }
      return ScriptedSource(footage, ending: .stall(gate), pace: Pace(status))
    }
    let supervisor = supervisor([camera("gate")], environment)
    let status = supervisor.statuses[0]
    statuses.withLock { $0 = [status] }
    try await supervisor.runWhile { [store] in
      defer { gate.open() }
      try await status.wait { $0.stateChanges > 2 }
      try FileManager.default.moveItem(at: media, to: away)
      try Data().write(to: media)
      isConnected.withLock { $0 = true }
      let failed = try await status.wait { $0.lastError?.contains("alerts.db.media") == true }
      #expect(try store.alerts().alerts.isEmpty)
      try FileManager.default.removeItem(at: media)
      try FileManager.default.moveItem(at: away, to: media)
      try await status.wait { $0.framesAnalysed >= failed.framesAnalysed + 90 }
    }
    let alerts = try store.alerts().alerts
    #expect(alerts.count >= 2)
    #expect(alerts.allSatisfy { $0.endedAt != nil && $0.snapshot != nil })
    #expect(try AlertStore.check(databaseAt: folder.url.appending(path: "alerts.db").path).isEmpty)
  }

  @Test func aFileIsAnalysedOnceWithoutDrops() async throws {
    var environment = environment()
    environment.openSource = { [footage] camera, _ in
      guard camera.name == "clip" else { throw ScriptedSource.Failure() }
      return ScriptedSource(footage, ending: .end)
    }
    let supervisor = supervisor([camera("clip", isFile: true), camera("gone", isFile: true)], environment)
    try await supervisor.runWhile {
      let clip = try await supervisor.statuses[0].wait { $0.state == .finished }
      #expect(clip.framesRead == 90 && clip.framesAnalysed == 90 && clip.framesDropped == 0)
      let gone = try await supervisor.statuses[1].wait { $0.state.isIdle }
      #expect(gone.lastError == "the cable of rtsp://***@camera/ was pulled")
    }
    #expect(try store.alerts().alerts.map(\.camera) == ["clip"])
  }

  @Test func withoutAnyUsableModelTheDaemonDoesNotStart() async throws {
    let supervisor = supervisor([camera("a", model: "x"), camera("b", model: "y")], environment())
    let error = await #expect(throws: SupervisorError.self) { try await supervisor.run() }
    #expect(
      error
        == .noCameraCanStart(reasons: [
          "a: broken.safetensors is truncated", "b: broken.safetensors is truncated",
        ]))
  }

  /// Otherwise the unit would take it for a broken configuration and never start again.
  @Test func aDatabaseThatRefusesACameraIsNoBrokenModel() async throws {
    var environment = environment()
    environment.loadModel = { _ in
      let wall = try CameraModel.wall()
      return CameraModel(
        reconstructor: wall.reconstructor, calibration: wall.calibration,
        framesPerSecond: wall.framesPerSecond,
        description: ModelDescription(hash: "wall", name: "wall", path: "wall", metadata: "no JSON"))
    }
    let supervisor = supervisor([camera("gate")], environment)
    await #expect(throws: StoreError.self) { try await supervisor.run() }
    #expect(supervisor.statuses[0].snapshot.state == .starting)
  }

  @Test(.timeLimit(.minutes(5))) func systemdIsToldAndItsWatchdogStarvesWhenACameraHangs() async throws {
    let gate = Gate()
    let path = folder.url.appending(path: "notify").path
    let manager = try ManagerSocket(boundTo: path)
    let time = Mutex(Duration.zero)
    let (ticks, tick) = AsyncStream.makeStream(of: Void.self)
    var environment = environment()
    environment.notifier = SystemdNotifier(
      environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "120000000"])
    environment.clock = MonotonicClock { time.withLock { $0 } }
    environment.sleep = { _ in
      for await _ in ticks { break }
      try Task.checkCancellation()
    }
    environment.openSource = { [footage] _, _ in
      ScriptedSource(Array(footage.prefix(5)), ending: .stall(gate))
    }
    let supervisor = supervisor([camera("gate")], environment)
    try await supervisor.runWhile {
      defer { gate.open() }
      #expect(try await manager.next() == "READY=1")
      #expect(try await manager.next() == "WATCHDOG=1")
      #expect(try await manager.next().hasPrefix("STATUS="))
      try await supervisor.statuses[0].wait { $0.framesAnalysed == 5 }
      tick.yield()
      #expect(try await manager.next() == "WATCHDOG=1")
      #expect(try await manager.next() == "STATUS=1 of 1 cameras streaming")
      time.withLock { $0 = .seconds(60) }
      tick.yield()
      #expect(try await manager.next() == "WATCHDOG=1")
      #expect(try await manager.next().hasPrefix("STATUS="))
      time.withLock { $0 = .seconds(61) }
      tick.yield()
      #expect(try await manager.next() == "STATUS=1 of 1 cameras streaming")
    }
    #expect(try await manager.next() == "STOPPING=1")
    #expect(log.all.contains { $0.hasPrefix("<2>no progress, so the watchdog is no longer fed: gate") })
  }
}
