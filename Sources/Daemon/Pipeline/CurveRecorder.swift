import Anomaly
import Store

/// Gathers the regularity of frames into seconds and stores each second when it is over. What a locked database does not take
/// waits for the next second.
struct CurveRecorder {
  /// Seconds that may wait: longer than any other program should hold the database.
  private static let mostWaiting = 600

  private let store: AlertStore
  private let camera: RunCamera
  /// The wall time of presentation time zero.
  var startedAt: Timestamp
  private var second: Second?
  /// Seconds that are over and that the database could not take yet.
  private var waiting: [RegularitySecond] = []

  /// A second in the making.
  fileprivate struct Second {
    let secondSince1970: Int64
    var minimum: Double
    var sum: Double
    var frameCount: Int
  }

  init(store: AlertStore, camera: RunCamera, startedAt: Timestamp) {
    self.store = store
    self.camera = camera
    self.startedAt = startedAt
  }

  mutating func add(_ score: ScoredFrame) throws {
    let number = (startedAt + score.presentationTime).secondSince1970
    let regularity = Double(score.regularity)
    if var second, second.secondSince1970 == number {
      second.minimum = min(second.minimum, regularity)
      second.sum += regularity
      second.frameCount += 1
      self.second = second
    } else {
      if let second { waiting.append(RegularitySecond(second)) }
      second = nil
      let mayWait = waiting.count < Self.mostWaiting
      _ = try StoreError.whyWaiting(where: mayWait) { () throws(StoreError) in try flush() }
      second = Second(secondSince1970: number, minimum: regularity, sum: regularity, frameCount: 1)
    }
  }

  /// Stores all there is. The second in the making stays, so that a new segment within the same second adds to it.
  mutating func flush() throws(StoreError) {
    let seconds = waiting + [second].compactMap { $0.map(RegularitySecond.init) }
    guard !seconds.isEmpty else { return }
    try store.append(seconds, of: camera)
    waiting = []
  }
}

extension RegularitySecond {
  fileprivate init(_ second: CurveRecorder.Second) {
    self.init(
      secondSince1970: second.secondSince1970, minimum: second.minimum,
      mean: second.sum / Double(second.frameCount), frameCount: second.frameCount)
  }
}
