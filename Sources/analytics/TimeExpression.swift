import ArgumentParser
import Foundation
import Store

/// Understands times as journalctl does.
struct TimeExpression {
  /// What a command's help says of them.
  static let help = """
    T is a moment: RFC 3339 (2026-11-21T13:00:00Z), or in the local time zone 2026-11-21, "2026-11-21 13:00", 13:00, \
    today, yesterday, or relative to now: now, -2h, "2 hours ago", -1d, -1h30min.
    """

  /// What an option's text means.
  static func argument(_ text: String) throws -> Timestamp {
    guard let moment = TimeExpression().timestamp(text) else {
      throw ValidationError("'\(text)' is not a time. \(help)")
    }
    return moment
  }

  /// What the time is.
  let now: Date
  /// The zone of times that name none.
  let timeZone: TimeZone

  init(now: Date = Date(), timeZone: TimeZone = .current) {
    self.now = now
    self.timeZone = timeZone
  }

  /// The moment a text means, nil where it means none.
  func timestamp(_ text: String) -> Timestamp? {
    let text = text.trimmingCharacters(in: .whitespaces)
    return (named(text) ?? sinceEpoch(text) ?? absolute(text) ?? relative(text)).map { Timestamp($0) }
  }

  private var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    return calendar
  }

  private func named(_ text: String) -> Date? {
    let midnight = calendar.startOfDay(for: now)
    return switch text {
    case "now": now
    case "today": midnight
    case "yesterday": calendar.date(byAdding: .day, value: -1, to: midnight)
    case "tomorrow": calendar.date(byAdding: .day, value: 1, to: midnight)
    default: nil
    }
  }

  private func sinceEpoch(_ text: String) -> Date? {
    guard text.hasPrefix("@") else { return nil }
    guard let seconds = Double(text.dropFirst()), abs(seconds) < Self.farAway else { return nil }
    return Date(timeIntervalSince1970: seconds)
  }

  // MARK: - Absolute times

  private func absolute(_ text: String) -> Date? {
    let pattern =
      /(?:(\d{4})-(\d\d)-(\d\d))?(?:(?:^|[Tt ])(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)?(?: ?([Zz]|UTC|[+-]\d\d:?\d\d))?/
    guard text.first?.isNumber == true, let match = text.wholeMatch(of: pattern) else { return nil }
    guard let zone = match.7.map({ zone(String($0)) }) ?? timeZone else { return nil }
    var calendar = calendar
    calendar.timeZone = zone
    var parts = calendar.dateComponents([.year, .month, .day], from: now)
    if let year = match.1, let month = match.2, let day = match.3 {
      parts = DateComponents(year: Int(year), month: Int(month), day: Int(day))
    }
    let seconds = match.6.flatMap { Double($0) } ?? 0
    parts.hour = match.4.flatMap { Int($0) } ?? 0
    parts.minute = match.5.flatMap { Int($0) } ?? 0
    parts.second = Int(seconds)
    guard let date = date(parts, in: calendar) else { return nil }
    return date + seconds.truncatingRemainder(dividingBy: 1)
  }

  /// Refuses what the calendar would carry over into the next day or month. An hour that the clocks skip becomes the
  /// one after it, of an hour that comes twice the first is meant.
  private func date(_ parts: DateComponents, in calendar: Calendar) -> Date? {
    guard (0..<24).contains(parts.hour ?? 0), (0..<60).contains(parts.minute ?? 0),
      (0...60).contains(parts.second ?? 0),
      let noon = calendar.date(
        from: DateComponents(year: parts.year, month: parts.month, day: parts.day, hour: 12)),
      calendar.component(.month, from: noon) == parts.month, calendar.component(.day, from: noon) == parts.day
    else { return nil }
    return calendar.date(from: parts)
  }

  private func zone(_ text: String) -> TimeZone? {
    guard let sign = text.first, sign == "+" || sign == "-" else { return TimeZone(secondsFromGMT: 0) }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard let hours = Int(digits.prefix(2)), let minutes = Int(digits.suffix(2)), minutes < 60 else {
      return nil
    }
    return TimeZone(secondsFromGMT: (sign == "-" ? -60 : 60) * (60 * hours + minutes))
  }

  // MARK: - Relative times

  private func relative(_ text: String) -> Date? {
    let match = text.wholeMatch(of: /([+-]?)((?: *\d+(?:\.\d+)? *[a-z]+)+)( ago)?/)
    guard let match, match.1.isEmpty == (match.3 != nil) else { return nil }
    var seconds = 0.0
    for part in match.2.matches(of: /(\d+(?:\.\d+)?) *([a-z]+)/) {
      // "ago" is no unit, and so refused here as one.
      guard let count = Double(part.1), let unit = Self.seconds(in: String(part.2)) else { return nil }
      seconds += count * unit
    }
    guard seconds < Self.farAway else { return nil }
    return now + (match.1 == "+" ? seconds : -seconds)
  }

  /// The length of a unit. A day is always 24 hours; months and years have their mean length.
  private static func seconds(in unit: String) -> Double? {
    switch unit {
    case "s", "sec", "second", "seconds": 1
    case "m", "min", "minute", "minutes": 60
    case "h", "hr", "hour", "hours": 3600
    case "d", "day", "days": 86_400
    case "w", "week", "weeks": 7 * 86_400
    case "month", "months": 30.44 * 86_400
    case "y", "year", "years": 365.25 * 86_400
    default: nil
    }
  }

  /// Ten thousand years, in seconds: what goes beyond is a mistake.
  private static let farAway = 10_000 * 365.25 * 86_400
}
