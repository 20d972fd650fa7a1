import Decode
import Foundation
import Logging
import ServiceLifecycle

/// Tells systemd that the daemon is ready, how it is, that it is alive, and that it stops.
struct PulseService: Service, CustomStringConvertible {
  let statuses: [CameraStatus]
  let environment: Supervisor.Environment
  let logger: Logger

  var description: String { "line to systemd" }

  func run() async throws {
    let timeout = environment.notifier.watchdogTimeout
    // Half of the time for a camera to get on, and several signs of life in the other half.
    var watchdog = timeout.map { Watchdog(patience: $0 / 2) }
    let interval = min(timeout.map { $0 / 4 } ?? .seconds(5), .seconds(5))
    environment.notifier.send(.ready)
    var hanging: [String] = []
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      let snapshots = statuses.map(\.snapshot)
      let hangingNow = watchdog?.hangingCameras(snapshots, now: environment.clock.now) ?? []
      if hangingNow.isEmpty, watchdog != nil { environment.notifier.send(.watchdog) }
      if hangingNow != hanging, !hangingNow.isEmpty {
        logger.critical(
          "no progress, so the watchdog is no longer fed: \(hangingNow.joined(separator: ", "))")
      }
      hanging = hangingNow
      environment.notifier.send(.status(Self.summary(snapshots)))
      try? await cancelWhenGracefulShutdown { [environment] in try await environment.sleep(interval) }
    }
    environment.notifier.send(.stopping)
  }

  /// One line for `systemctl status`: how many cameras stream, and what the others do.
  static func summary(_ snapshots: [CameraSnapshot]) -> String {
    let streaming = snapshots.count { $0.state == .streaming }
    let others = snapshots.filter { $0.state != .streaming }.map { "\($0.camera): \($0.state)" }
    return (["\(streaming) of \(snapshots.count) cameras streaming"] + others).joined(separator: "; ")
  }
}
