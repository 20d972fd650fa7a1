/// Picks, of frames in presentation order, the ones nearest to the points of a regular grid of times.
///
/// A grid point in a gap of the source gets no frame, and no frame is picked twice.
struct FrameSampler {
  private let framesPerSecond: Double?
  private let tolerance: Double
  private var lastSlot = -1

  /// - Parameters:
  ///   - framesPerSecond: points of the grid per second; nil picks every frame.
  ///   - sourceFrameDuration: the usual distance of frames. One that is less than half of it before a grid point
  ///     is nearer to the point than its successor.
  init(framesPerSecond: Double?, sourceFrameDuration: Duration) {
    self.framesPerSecond = framesPerSecond
    tolerance = min(0.5, 0.5 * sourceFrameDuration.inSeconds * (framesPerSecond ?? 0))
  }

  /// Whether the frame at `time` is picked; times must increase from call to call.
  mutating func picks(_ time: Duration) -> Bool {
    guard let framesPerSecond else { return true }
    let slot = Int(Double(time.nanoseconds) * framesPerSecond / 1e9 + tolerance)
    guard slot > lastSlot else { return false }
    lastSlot = slot
    return true
  }
}
