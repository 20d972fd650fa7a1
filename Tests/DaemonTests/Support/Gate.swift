import Foundation

/// Holds threads up until it is opened. All state is guarded by the condition.
final class Gate: @unchecked Sendable {
  private let condition = NSCondition()
  private var wasOpened = false

  var isOpen: Bool { condition.withLock { wasOpened } }

  func open() {
    condition.withLock {
      wasOpened = true
      condition.broadcast()
    }
  }

  func wait() {
    condition.withLock {
      while !wasOpened { condition.wait() }
    }
  }
}
