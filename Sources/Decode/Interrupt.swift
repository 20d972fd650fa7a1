import CFFmpeg

/// Decides, whenever libavformat asks in the middle of an operation, whether to give the operation up.
///
/// Confined to its reader's thread, on which libavformat calls back.
final class Interrupt {
  enum Reason { case cancelled, timedOut }

  private let clock: MonotonicClock
  private let cancellation: Cancellation
  private let limit: Duration?
  private var deadline: Duration?
  private(set) var reason: Reason?

  /// - Parameter limit: how long an operation may take; nil for sources that cannot keep us waiting.
  init(clock: MonotonicClock, cancellation: Cancellation, limit: Duration?) {
    self.clock = clock
    self.cancellation = cancellation
    self.limit = limit
  }

  /// Starts the next operation: its time runs from now, and is over at `end` in any case.
  func restart(until end: Duration? = nil) {
    deadline = limit.map { limit in
      let own = clock.now + limit
      return end.map { min(own, $0) } ?? own
    }
  }

  /// Whether to give up now; the reason stays.
  func check() -> Bool {
    if cancellation.isCancelled {
      reason = .cancelled
    } else if let deadline, clock.now >= deadline {
      reason = .timedOut
    }
    return reason != nil
  }

  /// The form that libavformat takes; it does not retain the object.
  var callback: AVIOInterruptCB {
    AVIOInterruptCB(
      callback: { object in
        guard let object else { return 0 }
        return Unmanaged<Interrupt>.fromOpaque(object).takeUnretainedValue().check() ? 1 : 0
      },
      opaque: Unmanaged.passUnretained(self).toOpaque())
  }
}
