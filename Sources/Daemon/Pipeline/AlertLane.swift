import Anomaly
import Decode
import Store

/// From frames to the alert log: scores each frame, finds events, stores alerts with their pictures and the regularity
/// curve.
///
/// Not `Sendable`: one thread at a time. Holds at most one cube's and half a second's frames, which refer to full-size
/// pictures.
final class AlertLane {
  /// Frames that took part in a score.
  private(set) var scoredFrameCount = 0
  /// Alerts raised so far in this run.
  var alertCount: Int { alerts.count }

  /// Each holds a full-size picture.
  private static let mostWaitingAlerts = 32

  private let model: CameraModel
  private let eventParameters: EventParameters
  private var scorer: FrameScorer
  private var detector: EventDetector
  private var frames: RecentFrames
  private var curve: CurveRecorder
  private var alerts: AlertRecorder
  private let onScores: ([ScoredFrame]) -> Void
  private var lastIndex: Int?

  /// A lane at the start of its first segment.
  ///
  /// - Throws: `AnomalyError` where the calibration does not fit the network.
  init(
    camera: RunCamera, store: AlertStore, model: CameraModel, startedAt: Timestamp,
    eventParameters: EventParameters,
    onAlert: @escaping (Int64, AlertObservation) -> Void,
    onRefusal: @escaping (StoreError) -> Void,
    onScores: @escaping ([ScoredFrame]) -> Void
  ) throws {
    self.onScores = onScores
    self.model = model
    self.eventParameters = eventParameters
    scorer = try FrameScorer(reconstructor: model.reconstructor, calibration: model.calibration)
    detector = EventDetector(parameters: eventParameters)
    frames = RecentFrames(
      capacity: model.reconstructor.cubeShape.frames, memory: eventParameters.minimumDuration * 2)
    curve = CurveRecorder(store: store, camera: camera, startedAt: startedAt)
    alerts = AlertRecorder(
      store: store, camera: camera, startedAt: startedAt, onAlert: onAlert, onRefusal: onRefusal)
  }

  /// Takes the next frame. A gap in the frames' indices (a live queue dropped some) starts a new cube, because motion
  /// across it would be a leap; what came before it is scored first.
  func process(_ frame: Frame) throws {
    if let lastIndex, frame.index != lastIndex + 1 {
      try record(scorer.finish())
      try restartScorer()
    }
    lastIndex = frame.index
    frames.append(frame)
    try record(scorer.add(frame))
  }

  /// Scores what is left, ends open events and stores everything.
  func finish() throws {
    try record(scorer.finish())
    alerts.take(detector.finish(), frames: frames)
    try alerts.flush()
    try curve.flush()
  }

  /// Starts a new segment after a connection was lost: its presentation times start at zero again.
  ///
  /// Ends what a failure left open in the segment before.
  func begin(at startedAt: Timestamp) throws {
    alerts.take(detector.finish(), frames: frames)
    try alerts.flush()
    try curve.flush()
    try restartScorer()
    detector = EventDetector(parameters: eventParameters)
    lastIndex = nil
    rebase(to: startedAt)
  }

  /// Corrects the wall time of presentation time zero, because the camera's clock and the host's have drifted apart.
  func rebase(to startedAt: Timestamp) {
    curve.startedAt = startedAt
    alerts.startedAt = startedAt
  }

  private func record(_ scores: [ScoredFrame]) throws {
    guard !scores.isEmpty else { return }
    for score in scores {
      alerts.take(detector.add(score), frames: frames)
      try curve.add(score)
    }
    scoredFrameCount += scores.count
    onScores(scores)
    // Once per batch, so that an event that rises over several frames stores its pictures once. What a locked database does
    // not take waits for the next batch.
    let mayWait = alerts.waitingCount < Self.mostWaitingAlerts
    _ = try StoreError.whyWaiting(where: mayWait) { () throws(StoreError) in try alerts.flush() }
    frames.forget(before: scores[scores.count - 1].presentationTime)
  }

  private func restartScorer() throws {
    scorer = try FrameScorer(reconstructor: model.reconstructor, calibration: model.calibration)
    frames.removeAll()
  }
}
