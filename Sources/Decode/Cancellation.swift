import Synchronization

/// Ends a `VideoReader`'s work from another thread, also while it waits for the network.
public final class Cancellation: Sendable {
  private let flag = Atomic(false)

  /// A token that is not cancelled yet.
  public init() {}

  /// Makes every reader that holds this token throw `.cancelled`, now and for ever.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// Whether `cancel()` was called.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
