public import Anomaly
public import Decode
public import Store

/// From frames to rows, in two lanes: one scores each frame and raises alerts, one finds people and follows them. Either
/// may be missing. The same for a clip and for a camera. Deterministic: equal frames and times give equal rows.
///
/// Not `Sendable`: one thread at a time.
public final class CameraPipeline {
  /// Frames that took part in a score.
  public var scoredFrameCount: Int { alerts?.scoredFrameCount ?? 0 }
  /// Alerts raised so far in this run.
  public var alertCount: Int { alerts?.alertCount ?? 0 }
  /// What was found and what was left out in looking for people; nil where nobody is looked for.
  public var peopleSummary: String? { people?.summary }
  /// The wall time of presentation time zero in this segment.
  public private(set) var startedAt: Timestamp

  private let alerts: AlertLane?
  private let people: TrackLane?

  /// A pipeline at the start of its first segment.
  ///
  /// - Parameters:
  ///   - camera: What the rows are stored under; its run is open.
  ///   - model: What is normal in front of the camera; nil raises no alerts.
  ///   - people: What it takes to find people; nil looks for none.
  ///   - startedAt: The wall time of presentation time zero.
  ///   - onAlert: Called with the number and the alert after one was stored that opened or ended.
  ///   - onRefusal: Called after a row was dropped, because the database refuses it for what it is.
  ///   - onScores: Called with every batch of scores, in order.
  /// - Throws: `AnomalyError` where the calibration does not fit the network.
  public init(
    camera: RunCamera, store: AlertStore, model: CameraModel?, people: PeopleModel? = nil,
    startedAt: Timestamp, eventParameters: EventParameters = EventParameters(),
    onAlert: @escaping (Int64, AlertObservation) -> Void = { _, _ in },
    onRefusal: @escaping (StoreError) -> Void = { _ in },
    onScores: @escaping ([ScoredFrame]) -> Void = { _ in }
  ) throws {
    self.startedAt = startedAt
    let tracks = people.map {
      TrackLane(camera: camera, store: store, model: $0, startedAt: startedAt, onRefusal: onRefusal)
    }
    self.people = tracks
    alerts = try model.map {
      try AlertLane(
        camera: camera, store: store, model: $0, startedAt: startedAt, eventParameters: eventParameters,
        onAlert: { id, alert in
          tracks?.note(alert, id)
          onAlert(id, alert)
        }, onRefusal: onRefusal, onScores: onScores)
    }
  }

  /// Takes the next frame. A gap in the frames' indices (a live queue dropped some) starts a new cube, because motion
  /// across it would be a leap; what came before it is scored first.
  public func process(_ frame: Frame) throws {
    // People first: an alert that ends with this frame asks who is in its box.
    try people?.process(frame)
    try alerts?.process(frame)
  }

  /// Scores what is left, ends open events and tracks and stores everything.
  public func finish() throws {
    try alerts?.finish()
    try people?.finish()
  }

  /// Starts a new segment after a connection was lost: its presentation times start at zero again.
  ///
  /// Ends what a failure left open in the segment before.
  public func begin(at startedAt: Timestamp) throws {
    try alerts?.begin(at: startedAt)
    try people?.finish()
    rebase(to: startedAt)
  }

  /// Corrects the wall time of presentation time zero, because the camera's clock and the host's have drifted apart.
  public func rebase(to startedAt: Timestamp) {
    self.startedAt = startedAt
    alerts?.rebase(to: startedAt)
    people?.startedAt = startedAt
  }
}
