extension Duration {
  /// Whole milliseconds, rounded down.
  var inMilliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }

  /// A place in a clip, to the second below: `1:05`, or `2:01:05` from an hour on.
  var clipTime: String {
    let seconds = max(0, inMilliseconds) / 1000
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    return hours > 0
      ? "\(hours):\(twoDigits(minutes)):\(twoDigits(seconds % 60))" : "\(minutes):\(twoDigits(seconds % 60))"
  }

  /// A place in a clip, to the tenth of a second below: `1:05.3`.
  var preciseClipTime: String { "\(clipTime).\(max(0, inMilliseconds) / 100 % 10)" }

  /// How long something lasts: `2.3 s` below a minute, then `1:05`.
  var length: String {
    let tenths = max(0, inMilliseconds) / 100
    return tenths < 600 ? "\(tenths / 10).\(tenths % 10) s" : clipTime
  }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
