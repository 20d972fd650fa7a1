import Anomaly
import Store

/// Gathers the regularity of frames into seconds and stores each second when it is over.
struct CurveRecorder {
  private let store: AlertStore
  private let camera: RunCamera
  /// The wall time of presentation time zero.
  var startedAt: Timestamp
  private var second: Second?

  /// A second in the making.
  private struct Second {
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
      try flush()
      second = Second(secondSince1970: number, minimum: regularity, sum: regularity, frameCount: 1)
    }
  }

  /// Stores the second in the making. It stays, so that a new segment within the same second adds to it.
  func flush() throws {
    guard let second else { return }
    try store.append(
      [
        RegularitySecond(
          secondSince1970: second.secondSince1970, minimum: second.minimum,
          mean: second.sum / Double(second.frameCount), frameCount: second.frameCount)
      ], of: camera)
  }
}
