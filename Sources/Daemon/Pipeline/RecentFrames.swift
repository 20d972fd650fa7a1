import Decode

/// The frames whose pictures an event may still want: those that are not scored yet, and the last ones that are,
/// because the peak of an event that opens lies a moment back.
struct RecentFrames {
  /// Frames that can wait for their score.
  private let capacity: Int
  /// How long a scored frame is kept.
  private let memory: Duration
  private var frames: [Frame] = []

  init(capacity: Int, memory: Duration) {
    self.capacity = capacity
    self.memory = memory
  }

  /// Takes a frame. Frames that never get a score, as between the pauses of a stumbling camera, must not pile up.
  mutating func append(_ frame: Frame) {
    frames.append(frame)
    while frames.count > capacity, frames[0].presentationTime < frame.presentationTime - memory {
      frames.removeFirst()
    }
  }

  /// The frame with this index, nil where it is gone.
  func frame(_ index: Int) -> Frame? { frames.last { $0.index == index } }

  /// Lets go of frames that were scored a while before `time`.
  mutating func forget(before time: Duration) {
    frames.removeAll { $0.presentationTime < time - memory }
  }

  mutating func removeAll() { frames.removeAll() }
}
