/// A line of text about how far a reading has come and how long it will still take.
///
/// Pure: the caller brings the time that has gone by, and shows the line if it writes to a terminal.
public struct ProgressMeter: Sendable {
  /// Columns of the bar.
  public var width: Int

  /// A bar of 30 columns unless told otherwise.
  public init(width: Int = 30) { self.width = width }

  /// For example `[######        ]  43 %  0:12 left`.
  ///
  /// - Parameters:
  ///   - fraction: what is done, 0…1; nil where the end is not known.
  ///   - elapsed: the time since the start.
  public func line(fraction: Double?, elapsed: Duration) -> String {
    guard let fraction else { return "\(Self.clock(elapsed)) so far" }
    let done = min(max(fraction, 0), 1)
    let filled = Int(done * Double(width))
    let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: width - filled)
    let percent = String(Int(done * 100))
    let padding = String(repeating: " ", count: max(0, 3 - percent.count))
    return "[\(bar)] \(padding)\(percent) %  \(remaining(done, elapsed))"
  }

  /// The rest at the mean pace so far. The first hundredth is mostly opening and probing, and foretells nothing.
  private func remaining(_ done: Double, _ elapsed: Duration) -> String {
    if done == 1 { return "done in \(Self.clock(elapsed))" }
    return done < 0.01 ? "" : "\(Self.clock(elapsed * ((1 - done) / done))) left"
  }

  /// `m:ss`, or `h:mm:ss` from an hour on.
  private static func clock(_ duration: Duration) -> String {
    let seconds = Int(duration.inSeconds.rounded())
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    let twoDigits = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    let tail = twoDigits(seconds % 60)
    return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(tail)" : "\(minutes):\(tail)"
  }
}
