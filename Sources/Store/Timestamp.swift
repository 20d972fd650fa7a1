public import Foundation

/// A moment of wall time: whole milliseconds since 1970-01-01T00:00:00Z.
///
/// An integer, so that a moment goes through the database and comes back the same, bit for bit.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Milliseconds since 1970-01-01T00:00:00Z, negative before it.
  public let millisecondsSince1970: Int64

  /// The moment so many milliseconds after 1970-01-01T00:00:00Z.
  public init(millisecondsSince1970: Int64) {
    self.millisecondsSince1970 = millisecondsSince1970
  }

  /// The millisecond nearest to a date.
  public init(_ date: Date) {
    millisecondsSince1970 = Int64((date.timeIntervalSince1970 * 1000).rounded())
  }

  /// What the system's clock says.
  public static var now: Timestamp { Timestamp(Date()) }

  /// The moment as a date.
  public var date: Date { Date(timeIntervalSince1970: Double(millisecondsSince1970) / 1000) }

  /// The second the moment lies in, since 1970-01-01T00:00:00Z.
  public var secondSince1970: Int64 { floorDivide(millisecondsSince1970, by: 1000).quotient }

  /// The moment a duration later, to the millisecond below.
  public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    let milliseconds = seconds * 1000 + floorDivide(attoseconds, by: 1_000_000_000_000_000).quotient
    return Timestamp(millisecondsSince1970: moment.millisecondsSince1970 + milliseconds)
  }

  /// Orders moments by time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.millisecondsSince1970 < right.millisecondsSince1970
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC with milliseconds: `2026-11-21T13:05:00.250Z`.
  public var description: String {
    let (days, millisecondOfDay) = floorDivide(millisecondsSince1970, by: 86_400_000)
    let (year, month, day) = civilDate(daysSince1970: days)
    let second = millisecondOfDay / 1000
    let date = "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    let time = [second / 3600, second / 60 % 60, second % 60].map { padded($0, to: 2) }
    return "\(date)T\(time.joined(separator: ":")).\(padded(millisecondOfDay % 1000, to: 3))Z"
  }
}

extension Timestamp: Encodable {
  /// Writes the moment as its RFC 3339 text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

private func padded(_ number: Int64, to width: Int) -> String {
  let digits = String(number.magnitude)
  return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private func floorDivide(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

/// The date in the proleptic Gregorian calendar. Years are counted from 1 March, so that the leap day comes last.
private func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let daysFromMarch0000 = daysSince1970 + 719_468
  let (era, dayOfEra) = floorDivide(daysFromMarch0000, by: 146_097)
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let monthFromMarch = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
  let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
}
