/// Decides whether the daemon is alive: while every camera either advances or is known to have nothing to do.
///
/// A timer that feeds systemd's watchdog would go on when everything behind it hangs; progress cannot.
public struct Watchdog {
  /// How long a camera may stand still.
  public let patience: Duration
  private var marks: [String: Marks] = [:]

  /// When a camera's counters last changed.
  private struct Marks {
    var stateChanges: Int
    var framesRead: Int
    var framesAnalysed: Int
    var lastRead: Duration
    var lastAnalysed: Duration
  }

  /// A watchdog that has seen no camera.
  public init(patience: Duration) { self.patience = patience }

  /// The names of the cameras that hang.
  ///
  /// - Parameters:
  ///   - snapshots: All cameras.
  ///   - now: A monotonic clock's reading.
  public mutating func hangingCameras(_ snapshots: [CameraSnapshot], now: Duration) -> [String] {
    snapshots.filter { isHanging($0, now: now) }.map(\.camera)
  }

  private mutating func isHanging(_ snapshot: CameraSnapshot, now: Duration) -> Bool {
    var mark =
      marks[snapshot.camera]
      ?? Marks(stateChanges: -1, framesRead: 0, framesAnalysed: 0, lastRead: now, lastAnalysed: now)
    let hasChangedState = mark.stateChanges != snapshot.stateChanges
    if hasChangedState || mark.framesRead != snapshot.framesRead { mark.lastRead = now }
    if hasChangedState || mark.framesAnalysed != snapshot.framesAnalysed { mark.lastAnalysed = now }
    mark.stateChanges = snapshot.stateChanges
    mark.framesRead = snapshot.framesRead
    mark.framesAnalysed = snapshot.framesAnalysed
    marks[snapshot.camera] = mark
    // Both ends count: a reader that goes on does not excuse an analysis that hangs.
    return !snapshot.state.isIdle && now - min(mark.lastRead, mark.lastAnalysed) > patience
  }
}
