import Foundation

/// A bounded queue between one thread that reads a camera and one that analyses it: when full, the oldest goes.
///
/// Popping blocks its thread instead of suspending a task, because both ends are threads of their own
/// (``ThreadExecutor``): a codec and a network would otherwise starve the few threads of Swift's cooperative pool.
/// All state is guarded by one condition.
public final class FrameQueue<Element: Sendable>: @unchecked Sendable {
  /// Elements held at most.
  public let capacity: Int
  private let condition = NSCondition()
  private var elements: [Element] = []
  private var isFinished = false
  private var dropped = 0

  /// An empty queue of at least one place.
  public init(capacity: Int) {
    precondition(capacity > 0, "a queue needs at least one place")
    self.capacity = capacity
    elements.reserveCapacity(capacity)
  }

  /// Appends an element, first dropping the oldest where there is no room.
  ///
  /// - Returns: Whether the queue takes elements at all: false once it is finished.
  @discardableResult
  public func push(_ element: Element) -> Bool {
    condition.withLock {
      guard !isFinished else { return false }
      if elements.count == capacity {
        elements.removeFirst()
        dropped += 1
      }
      elements.append(element)
      condition.signal()
      return true
    }
  }

  /// Takes the oldest element, waiting for one; nil when the queue is finished and empty.
  public func pop() -> Element? {
    condition.withLock {
      while elements.isEmpty && !isFinished { condition.wait() }
      return elements.isEmpty ? nil : elements.removeFirst()
    }
  }

  /// Lets no further element in; what is queued can still be taken.
  public func finish() {
    condition.withLock {
      isFinished = true
      condition.broadcast()
    }
  }

  /// Elements dropped since the queue was made.
  public var dropCount: Int { condition.withLock { dropped } }
}
