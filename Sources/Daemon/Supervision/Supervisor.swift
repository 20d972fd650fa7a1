public import Decode
public import Foundation
public import Logging
public import Network
import ReID
import ServiceLifecycle
public import Store
import UnixSignals

/// Runs the daemon: every camera as a service of one group, until SIGTERM or SIGINT.
public struct Supervisor: Sendable {
  /// What the daemon needs from outside, so that tests can give it something else.
  public struct Environment: Sendable {
    /// Loads a model file.
    public var loadModel: @Sendable (URL) throws -> CameraModel
    /// Loads what it takes to find people in front of a camera, as often and where its configuration says.
    public var loadPeople: @Sendable (CameraConfiguration) throws -> PeopleModel
    /// Opens a camera's stream or file.
    public var openSource: @Sendable (CameraConfiguration, ReaderOptions) throws -> any FrameSource
    /// Measures how long things take.
    public var clock: MonotonicClock
    /// What the wall clock says.
    public var now: @Sendable () -> Timestamp
    /// Waits; throws `CancellationError` when cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// The back-off of the camera with this name.
    public var makeBackoff: @Sendable (String) -> Backoff<SeededGenerator>
    /// The line to systemd.
    public var notifier: SystemdNotifier

    /// The real world.
    public init() {
      // One thread each: as many cubes at a time as there are cameras beat one cube on many threads.
      loadModel = { try CameraModel(contentsOf: $0, compute: Compute(threads: 1)) }
      loadPeople = {
        try PeopleModel.standard(
          searchesPerSecond: $0.peopleSearchesPerSecond, zones: $0.peopleZones, on: Compute(threads: 1))
      }
      openSource = { try VideoReader($0.source, options: $1) }
      clock = .system
      now = { .now }
      sleep = { try await Task.sleep(for: $0) }
      makeBackoff = { _ in Backoff(generator: SeededGenerator(seed: .random(in: 0 ... .max))) }
      notifier = SystemdNotifier()
    }
  }

  /// The state of each camera, in the order of the configuration.
  public let statuses: [CameraStatus]

  private let configuration: Configuration
  private let store: AlertStore
  private let programVersion: String
  private let environment: Environment
  private let logger: Logger

  /// A daemon that does not run yet.
  ///
  /// - Parameters:
  ///   - store: Open for writing.
  ///   - programVersion: Goes with the run into the alert log.
  public init(
    configuration: Configuration, store: AlertStore, programVersion: String, environment: Environment,
    logger: Logger
  ) {
    self.configuration = configuration
    self.store = store
    self.programVersion = programVersion
    self.environment = environment
    self.logger = logger
    statuses = configuration.cameras.map { CameraStatus(camera: $0.name, now: environment.now) }
  }

  /// Runs until a signal or a graceful shutdown, then ends open alerts and the run.
  ///
  /// - Throws: `SupervisorError` where no camera can start, `StoreError` where the run or its cameras cannot be stored.
  public func run() async throws {
    let runID = UUID().uuidString.lowercased()
    let run = Run(
      id: runID, kind: .live, startedAt: environment.now(), programVersion: programVersion,
      settings: settings)
    try store.openRun(run)
    do {
      let services = try await prepareCameras(runID)
      logger.info("watching \(services.count) of \(statuses.count) cameras", metadata: ["run": "\(runID)"])
      try await group(services).run()
    } catch {
      try? store.finishRun(runID, at: environment.now())
      throw error
    }
    try store.finishRun(runID, at: environment.now())
    logger.info("stopped", metadata: ["run": "\(runID)"])
  }

  private func group(_ cameras: [CameraService]) -> ServiceGroup {
    let pulse = PulseService(statuses: statuses, environment: environment, logger: logger)
    let services: [any Service] = [CamerasService(cameras: cameras), pulse]
    return ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger))
  }

  /// Loads every camera's model. One whose model is broken fails alone; a database that cannot be written concerns all,
  /// and may be writable at the next start.
  private func prepareCameras(_ runID: String) async throws -> [CameraService] {
    var services: [CameraService] = []
    var failures: [String] = []
    for (camera, status) in zip(configuration.cameras, statuses) {
      do {
        services.append(try await prepare(camera, status, runID))
      } catch let error as StoreError {
        throw error
      } catch {
        let reason = Redaction.redact("\(error)")
        failures.append("\(camera.name): \(reason)")
        status.enter(.failed(reason: reason))
        logger.error(
          "cannot be watched: \(reason)", metadata: ["camera": "\(camera.name)"])
      }
    }
    if services.isEmpty { throw SupervisorError.noCameraCanStart(reasons: failures) }
    return services
  }

  private func prepare(
    _ camera: CameraConfiguration, _ status: CameraStatus, _ runID: String
  ) async throws -> CameraService {
    var logger = logger
    logger[metadataKey: "camera"] = "\(camera.name)"
    let analysis = CameraAnalysis(status: status)
    let wanted = try await analysis.prepare(
      { [environment] in
        (
          try environment.loadModel(camera.model),
          camera.peopleSearchesPerSecond > 0 ? try environment.loadPeople(camera) : nil
        )
      },
      register: { [store] in try store.addCamera(camera.name, to: runID, model: $0) },
      store: store, startedAt: environment.now(), onAlert: { [logger] in Self.log($0, $1, logger) },
      onRefusal: { [logger] in logger.error("a row was dropped: \($0)") })
    if let configured = camera.framesPerSecond, configured != wanted.framesPerSecond {
      logger.warning(
        "analysed at \(configured) frames per second, but its model was trained at \(wanted.framesPerSecond)")
    }
    return CameraService(
      camera: camera, status: status, analysis: analysis,
      reader: CameraReader(status: status, now: environment.now), analysisSize: wanted.size,
      framesPerSecond: camera.framesPerSecond ?? wanted.framesPerSecond, environment: environment,
      logger: logger)
  }

  private static func log(_ id: Int64, _ alert: AlertObservation, _ logger: Logger) {
    let regularity = (alert.regularity * 1_000).rounded() / 1_000
    let kind = ([alert.kind.rawValue] + [alert.evidence?.rawValue].compactMap(\.self)).joined(separator: ", ")
    if let end = alert.endedAt {
      logger.notice(
        "alert \(id) (\(kind)) ended at \(end), regularity \(regularity)")
    } else {
      logger.notice(
        "alert \(id) (\(kind)) since \(alert.startedAt), regularity \(regularity)")
    }
  }

  /// What the alert log keeps of the configuration, as a JSON object without credentials.
  private var settings: String {
    let cameras = configuration.cameras.map {
      [
        "name": $0.name, "source": $0.source.description, "model": $0.model.path,
        "frames_per_second": $0.framesPerSecond.map { "\($0)" } ?? "the model's",
        "motion": $0.motion.rawValue, "people_searches_per_second": "\($0.peopleSearchesPerSecond)",
        "people_zones": "\($0.peopleZones.zones)", "people_masks": "\($0.peopleZones.masks)",
      ]
    }
    return canonicalJSON(["cameras": cameras])
  }
}
