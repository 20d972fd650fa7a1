/// How long to wait before the next try: exponential, capped, with full jitter.
///
/// Full jitter (a uniform draw from zero to the exponential ceiling) keeps cameras that failed together, say when a
/// switch lost power, from coming back together for ever.
public struct Backoff<Generator: RandomNumberGenerator> {
  /// The ceiling of the first delay.
  public let first: Duration
  /// The ceiling that no delay exceeds.
  public let longest: Duration
  /// Delays given since the last reset.
  public private(set) var attempts = 0
  private var generator: Generator

  /// A back-off at its first try.
  ///
  /// - Parameters:
  ///   - first: The ceiling of the first delay; each further ceiling is twice the one before. Positive.
  ///   - longest: Where doubling ends; not below `first`.
  ///   - generator: Draws the jitter.
  public init(
    first: Duration = .seconds(1), longest: Duration = .seconds(60), generator: Generator
  ) {
    precondition(first > .zero && longest >= first, "a back-off needs 0 < first ≤ longest")
    self.first = first
    self.longest = longest
    self.generator = generator
  }

  /// The ceiling that the next delay is drawn below.
  public var ceiling: Duration {
    // Doubling one by one cannot overflow: it ends at `longest`.
    var ceiling = first
    for _ in 0..<attempts where ceiling < longest { ceiling = min(ceiling * 2, longest) }
    return ceiling
  }

  /// Draws the next delay, 0…``ceiling``.
  public mutating func next() -> Duration {
    let fraction = Double.random(in: 0...1, using: &generator)
    defer { attempts += 1 }
    return ceiling * fraction
  }

  /// Starts over, after a try that succeeded.
  public mutating func reset() { attempts = 0 }
}

extension Backoff: Sendable where Generator: Sendable {}
