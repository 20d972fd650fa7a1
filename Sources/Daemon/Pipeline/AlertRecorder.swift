import Anomaly
import Decode
import Store

/// Stores events as alerts, with the picture and the heat map of their peak.
struct AlertRecorder {
  /// Alerts so far: the ordinal of the next.
  private(set) var count = 0
  /// The wall time of presentation time zero.
  var startedAt: Timestamp

  private let store: AlertStore
  private let camera: RunCamera
  private let onAlert: (Int64, AlertObservation) -> Void
  private let onRefusal: (StoreError) -> Void
  /// Alerts that last, or that wait to be stored; at most one of a kind lasts.
  private var alerts: [OpenAlert] = []
  /// How many alerts wait to be stored.
  var waitingCount: Int { alerts.count { $0.isChanged } }

  private struct OpenAlert {
    var observation: AlertObservation
    let kind: EventKind
    /// The frame, the heat map and the box of a peak that is not stored yet.
    var peak: (frame: Frame?, heatMap: HeatMap, box: Box)?
    var isChanged = true
    /// Whether it opened or ended since it was stored.
    var isNews = true
    /// Whether the database will never take it.
    var isRefused = false
  }

  init(
    store: AlertStore, camera: RunCamera, startedAt: Timestamp,
    onAlert: @escaping (Int64, AlertObservation) -> Void, onRefusal: @escaping (StoreError) -> Void
  ) {
    self.store = store
    self.camera = camera
    self.startedAt = startedAt
    self.onAlert = onAlert
    self.onRefusal = onRefusal
  }

  /// Takes news of events; `frames` has the picture of a peak.
  mutating func take(_ updates: [EventUpdate], frames: RecentFrames) {
    for update in updates {
      switch update {
      case .opened(let event): open(event, frames)
      case .peaked(let event): change(event, frames)
      case .closed(let event): close(event)
      }
    }
  }

  /// Stores what has changed. What cannot be stored now is kept and tried again with the next call; what the database
  /// refuses for what it is would be refused again, and is dropped, so that it does not hold up what comes after it.
  mutating func flush() throws(StoreError) {
    for position in alerts.indices where alerts[position].isChanged {
      let id: Int64
      do throws(StoreError) {
        id = try save(alerts[position])
      } catch .invalidValue(let reason) {
        alerts[position].isRefused = true
        onRefusal(.invalidValue(reason))
        continue
      }
      let isNews = alerts[position].isNews
      alerts[position].peak = nil
      alerts[position].isChanged = false
      alerts[position].isNews = false
      if isNews { onAlert(id, alerts[position].observation) }
    }
    alerts.removeAll { $0.isRefused || $0.observation.endedAt != nil }
  }

  private func save(_ alert: OpenAlert) throws(StoreError) -> Int64 {
    let pictures = alert.peak.flatMap { AlertPictures($0.frame, $0.heatMap, $0.box) }
    return try store.save(
      alert.observation, of: camera, snapshot: pictures?.snapshot, heatMap: pictures?.heatMap)
  }

  private mutating func open(_ event: Event, _ frames: RecentFrames) {
    let observation = AlertObservation(
      ordinal: count, kind: event.kind == .irregular ? .irregular : .sceneChange,
      startedAt: startedAt + event.start, peakedAt: startedAt + event.peak,
      regularity: Double(event.regularity), threshold: Double(event.threshold),
      evidence: event.evidence.map(AlertEvidence.init), box: PictureBox(event.box))
    count += 1
    alerts.append(
      OpenAlert(
        observation: observation, kind: event.kind,
        peak: (frames.frame(event.peakFrameIndex), event.heatMap, event.box)))
  }

  private mutating func change(_ event: Event, _ frames: RecentFrames) {
    guard let position = lasting(event.kind) else { return }
    // The start time may have been corrected meanwhile; a peak before the start would be refused.
    alerts[position].observation.peakedAt =
      max(startedAt + event.peak, alerts[position].observation.startedAt)
    alerts[position].observation.regularity = Double(event.regularity)
    alerts[position].observation.evidence = event.evidence.map(AlertEvidence.init)
    alerts[position].observation.box = PictureBox(event.box)
    alerts[position].peak = (frames.frame(event.peakFrameIndex), event.heatMap, event.box)
    alerts[position].isChanged = true
  }

  private mutating func close(_ event: Event) {
    guard let position = lasting(event.kind) else { return }
    alerts[position].observation.endedAt =
      max(startedAt + event.end, alerts[position].observation.peakedAt)
    alerts[position].isChanged = true
    alerts[position].isNews = true
  }

  private func lasting(_ kind: EventKind) -> Int? {
    alerts.firstIndex { $0.kind == kind && $0.observation.endedAt == nil }
  }
}

extension AlertEvidence {
  fileprivate init(_ evidence: Evidence) {
    switch evidence {
    case .appearance: self = .appearance
    case .motion: self = .motion
    }
  }
}
