/// A clock that never goes backward, injected so that tests need not wait.
public struct MonotonicClock: Sendable {
  private let reading: @Sendable () -> Duration

  /// A clock that shows what `reading` returns: the time since any fixed instant.
  public init(_ reading: @escaping @Sendable () -> Duration) { self.reading = reading }

  /// The time since an arbitrary fixed instant.
  public var now: Duration { reading() }

  /// The machine's monotonic clock; it stands still while the machine is suspended.
  public static let system: MonotonicClock = {
    let origin = SuspendingClock.now
    return MonotonicClock { origin.duration(to: .now) }
  }()
}
