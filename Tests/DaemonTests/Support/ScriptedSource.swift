import Daemon
import Decode
import Foundation

/// Plays frames it was given, then does what its script says.
final class ScriptedSource: FrameSource {
  enum Ending {
    /// The stream ends.
    case end
    /// Reading fails.
    case fail
    /// Reading blocks until the gate is opened, then fails.
    case stall(Gate)
  }

  struct Failure: Error, CustomStringConvertible {
    let description = "the cable of rtsp://user:secret@camera/ was pulled"
  }

  let mediaSummary = "scripted"
  let lossSummary: String? = nil
  private var frames: ArraySlice<Frame>
  private let ending: Ending
  private let pace: Pace?

  /// - Parameter pace: Holds frames back, as the rate of a real camera would.
  init(_ frames: [Frame], ending: Ending, pace: Pace? = nil) {
    self.frames = frames[...]
    self.ending = ending
    self.pace = pace
  }

  func next() throws -> Frame? {
    pace?.waitForTurn()
    if let frame = frames.popFirst() { return frame }
    switch ending {
    case .end: return nil
    case .fail: throw Failure()
    case .stall(let gate):
      gate.wait()
      throw Failure()
    }
  }
}

/// Lets a source give a frame only while few of its frames wait for analysis, so that nothing need be dropped; when the
/// analysis has ended, it gives one now and then, as a camera would. All state is guarded by the condition.
final class Pace: @unchecked Sendable {
  private let condition = NSCondition()
  private var analysed = 0
  private var given = 0
  private var watching: Task<Void, Never>?

  init(_ status: CameraStatus) {
    analysed = status.snapshot.framesAnalysed
    given = analysed
    watching = Task { [weak self] in
      for await snapshot in status.updates() { self?.set(snapshot.framesAnalysed) }
    }
  }

  deinit { watching?.cancel() }

  func waitForTurn() {
    condition.withLock {
      while given - analysed >= 4, condition.wait(until: Date(timeIntervalSinceNow: 1)) {}
      given += 1
    }
  }

  private func set(_ analysed: Int) {
    condition.withLock {
      self.analysed = analysed
      condition.broadcast()
    }
  }
}
