import Decode
import Foundation
import Logging
import ServiceLifecycle
import Store

/// Keeps one camera going: connects, analyses, and after a failure waits and connects again, for ever.
///
/// It shares nothing with other cameras but the database, so that what happens to it stays with it.
struct CameraService {
  /// A connection that gave footage of this length works: the next failure starts the back-off anew.
  private static let settledAfter = Duration.seconds(10)
  /// Places of the live queue: about a second, one hop of cubes.
  private static let queueCapacity = 8

  let camera: CameraConfiguration
  let status: CameraStatus
  let analysis: CameraAnalysis
  let reader: CameraReader
  /// The size of the pictures that the camera's model wants.
  let analysisSize: PictureSize
  /// The rate at which frames are analysed.
  let framesPerSecond: Double
  let environment: Supervisor.Environment
  let logger: Logger
  /// Ends reading when the daemon stops.
  let cancellation = Cancellation()

  /// Runs until the daemon stops.
  func run() async {
    await withTaskCancellationOrGracefulShutdownHandler {
      if camera.source.isNetwork { await superviseStream() } else { await analyseFile() }
      try? await gracefulShutdown()
    } onCancelOrGracefulShutdown: {
      cancellation.cancel()
    }
    status.enter(.stopped)
  }

  // MARK: Streams

  private func superviseStream() async {
    var backoff = environment.makeBackoff(camera.name)
    while !cancellation.isCancelled {
      status.enter(.connecting)
      let (reason, isSettled) = await connect()
      if cancellation.isCancelled { break }
      if isSettled { backoff.reset() }
      let delay = backoff.next()
      status.enter(.backingOff(reason: reason, delay: delay))
      logger.warning("\(status.snapshot.state)")
      try? await cancelWhenGracefulShutdown { [environment] in try await environment.sleep(delay) }
    }
    await endAlerts()
  }

  /// Reads and analyses one connection until it ends.
  ///
  /// - Returns: Why it ended, and whether it had worked for a while.
  private func connect() async -> (reason: String, isSettled: Bool) {
    let queue = FrameQueue<LiveFrame>(capacity: Self.queueCapacity)
    let before = status.snapshot
    async let analysed: Void = analysis.analyse(queue)
    let readFailure = await read(into: queue)
    // The analysis first takes what is queued.
    var analysisFailure: String?
    do { try await analysed } catch { analysisFailure = Self.reason(error) }
    let frames = status.snapshot.framesRead - before.framesRead
    let dropped = status.snapshot.framesDropped - before.framesDropped
    if dropped > 0 {
      logger.warning(
        "\(dropped) of \(frames) frames were dropped, because analysis was slower than the camera")
    }
    let footage = Duration.seconds(Double(frames) / framesPerSecond)
    return (analysisFailure ?? readFailure ?? "the stream ended", footage >= Self.settledAfter)
  }

  private func read(into queue: FrameQueue<LiveFrame>) async -> String? {
    do {
      try await reader.read(openSource(), into: queue) { [logger] media in
        logger.info("streaming \(media)")
      }
      return nil
    } catch {
      return Self.reason(error)
    }
  }

  /// A failure of the database may have kept an alert from being ended.
  private func endAlerts() async {
    do { try await analysis.finish() } catch { logger.error("\(Self.reason(error))") }
  }

  // MARK: Files

  private func analyseFile() async {
    do {
      let losses = try await analysis.analyseFile(openSource(), startedAt: environment.now())
      if let losses { logger.warning("\(losses)") }
      status.enter(.finished)
      logger.info("analysed to the end: \(status.snapshot.framesAnalysed) frames")
    } catch let error as DecodeError where error.kind == .cancelled {
      await endAlerts()
    } catch {
      await endAlerts()
      status.enter(.failed(reason: Self.reason(error)))
      logger.error("\(Self.reason(error)); not watched any more")
    }
  }

  // MARK: Both

  private func openSource() -> @Sendable () throws -> any FrameSource {
    var options = ReaderOptions.analysis(
      framesPerSecond: framesPerSecond, size: analysisSize, motion: camera.motion.source,
      cancellation: cancellation)
    options.ioTimeout = camera.timeout
    options.clock = environment.clock
    return { [environment, camera, options] in try environment.openSource(camera, options) }
  }

  private static func reason(_ error: any Error) -> String { Redaction.redact("\(error)") }
}
