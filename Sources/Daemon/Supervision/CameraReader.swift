import Decode
import Store

/// Reads a live stream on a thread of its own, where FFmpeg may block.
actor CameraReader {
  private let executor: ThreadExecutor
  private let status: CameraStatus
  private let now: @Sendable () -> Timestamp

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(status: CameraStatus, now: @escaping @Sendable () -> Timestamp) {
    executor = ThreadExecutor(name: "read " + status.snapshot.camera)
    self.status = status
    self.now = now
  }

  /// Opens a stream and moves its frames into the queue until it ends, fails, or the queue is finished.
  ///
  /// - Parameter didOpen: Called with a description of the media, after the first frame came.
  func read(
    _ open: () throws -> any FrameSource, into queue: FrameQueue<LiveFrame>,
    didOpen: (String) -> Void
  ) throws {
    // Whatever happens here, the analysis must not wait for ever.
    defer { queue.finish() }
    let source = try open()
    let droppedBefore = status.snapshot.framesDropped
    var isFirst = true
    while let frame = try source.next() {
      if isFirst {
        status.enter(.streaming)
        didOpen(source.mediaSummary)
        isFirst = false
      }
      guard queue.push(LiveFrame(frame: frame, arrivedAt: now())) else { return }
      let dropped = droppedBefore + queue.dropCount
      status.update {
        $0.framesRead += 1
        $0.framesDropped = dropped
      }
    }
  }
}
