import CFFmpeg

/// Turns a source's presentation timestamps into times that start at 0 and strictly increase.
///
/// Cameras and containers repeat, drop, wrap and reset timestamps. Times of frames that advance plausibly are kept
/// exactly, gaps included; the rest is counted in `corrections` and placed:
/// - missing: one nominal frame after the one before;
/// - equal, or backward by at most `backwardLimit`: `leastStep` after the one before;
/// - wrapped at `wrapBits`: unwrapped, no correction;
/// - any other jump: the source's clock is taken to have been set anew, and the timeline goes on one nominal frame
///   after the one before. Of a live source the time of arrival tells the step, and the drift of its clock is slewed out.
struct Timeline {
  struct Corrections: Equatable {
    var missing = 0
    var backward = 0
    var jumps = 0
  }

  /// Nanoseconds, as all times in here.
  static let leastStep: Int64 = 1_000
  static let backwardLimit: Int64 = 1_000_000_000
  static let longestNominalStep: Int64 = 3_600_000_000_000
  /// 146 years: no time of a file, but damage could add up to it.
  static let latest: Int64 = .max / 2
  /// How far a live source's times may stray from its frames' arrival.
  static let leadLimit: Int64 = 10_000_000_000

  private(set) var corrections = Corrections()

  private let timeBase: AVRational
  private let wrapBits: Int
  private let nominalStep: Int64
  private let forwardLimit: Int64
  private var lastTime: Int64?
  private var lastTicks: Int64 = 0
  private var wrapped: Int64 = 0
  private var offset: Int64?
  private var firstArrival: Int64 = 0

  /// - Parameters:
  ///   - timeBase: seconds per tick.
  ///   - wrapBits: the width of the container's timestamps; 33 for MPEG transport streams.
  ///   - nominalFrameDuration: the step where the source does not tell.
  ///   - forwardLimit: longer gaps are taken for a jump of the clock.
  init(
    timeBase: (numerator: Int32, denominator: Int32), wrapBits: Int, nominalFrameDuration: Duration,
    forwardLimit: Duration
  ) {
    self.timeBase = AVRational(num: timeBase.numerator, den: timeBase.denominator)
    self.wrapBits = wrapBits
    self.nominalStep = min(max(nominalFrameDuration.nanoseconds, Self.leastStep), Self.longestNominalStep)
    self.forwardLimit = forwardLimit.nanoseconds
  }

  /// The time of the next frame in presentation order.
  ///
  /// - Parameters:
  ///   - ticks: the timestamp in units of the time base, nil where missing.
  ///   - arrival: for live sources, when the frame came, on a monotonic clock.
  mutating func place(_ ticks: Int64?, arrival: Duration? = nil) -> Duration {
    let arrival = arrival?.nanoseconds
    guard let last = lastTime else {
      firstArrival = arrival ?? 0
      lastTime = 0
      if let ticks {
        lastTicks = ticks
        offset = 0 &- nanoseconds(ticks)
      } else {
        corrections.missing += 1
      }
      return .zero
    }
    var time = next(after: last, ticks)
    if let arrival {
      time = follow(elapsed: arrival - firstArrival, time: time, last: last)
    }
    lastTime = time
    return .nanoseconds(time)
  }

  private mutating func next(after last: Int64, _ ticks: Int64?) -> Int64 {
    guard let ticks else {
      corrections.missing += 1
      return last + nominalStep
    }
    let unwrapped = unwrap(ticks)
    let raw = nanoseconds(unwrapped)
    guard let offset else {
      self.offset = last &+ nominalStep &- raw
      return last + nominalStep
    }
    let time = raw &+ offset
    let (step, overflow) = time.subtractingReportingOverflow(last)
    if overflow || step > forwardLimit || step < -Self.backwardLimit || time > Self.latest {
      corrections.jumps += 1
      self.offset = last &+ nominalStep &- raw
      return last + nominalStep
    }
    if step < Self.leastStep {
      corrections.backward += 1
      return last + Self.leastStep
    }
    return time
  }

  /// Ties a live source's clock to ours: slews its drift out by at most a thousandth, as clocks do over the network,
  /// and takes larger differences for a jump.
  private mutating func follow(elapsed: Int64, time: Int64, last: Int64) -> Int64 {
    let lead = time - elapsed
    guard let offset else { return time }
    guard abs(lead) > Self.leadLimit else {
      let slew = (time - last) / 1000
      self.offset = offset &- min(max(lead, -slew), slew)
      return time
    }
    let placed = max(elapsed, last + Self.leastStep)
    self.offset = offset &+ placed &- time
    corrections.jumps += 1
    return placed
  }

  private mutating func unwrap(_ ticks: Int64) -> Int64 {
    defer { lastTicks = ticks }
    guard wrapBits < 63 else { return ticks }
    let step = ticks &- lastTicks
    let half = Int64(1) << (wrapBits - 1)
    if step < -half { wrapped &+= half * 2 }
    if step > half { wrapped &-= half * 2 }
    return ticks &+ wrapped
  }

  private func nanoseconds(_ ticks: Int64) -> Int64 {
    av_rescale_q(ticks, timeBase, AVRational(num: 1, den: 1_000_000_000))
  }
}

extension Duration {
  /// Whole nanoseconds, cut off towards zero.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// Seconds, rounded to the nearest representable number.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }

  /// Seconds for people, to one decimal.
  var inTenths: Double { (inSeconds * 10).rounded() / 10 }
}
