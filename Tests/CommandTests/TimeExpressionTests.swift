import Foundation
import Store
import Testing

@testable import analytics

@Suite struct TimeExpressionTests {
  /// 2026-11-21T12:30:00Z, which is 13:30 in Berlin.
  private func berlin(_ text: String) throws -> String? {
    try moment(text, now: "2026-11-21T12:30:00Z")
  }

  private func moment(_ text: String, now: String) throws -> String? {
    let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
    let now = try Date(now, strategy: .iso8601)
    return TimeExpression(now: now, timeZone: zone).timestamp(text)?.description
  }

  @Test(arguments: [
    ("2026-11-21T13:00:00Z", "2026-11-21T13:00:00.000Z"),
    ("2026-11-21t13:00:00z", "2026-11-21T13:00:00.000Z"),
    ("2026-11-21T13:00:00.250Z", "2026-11-21T13:00:00.250Z"),
    ("2026-11-21T13:00:00+05:30", "2026-11-21T07:30:00.000Z"),
    ("2026-11-21T13:00:00-0800", "2026-11-21T21:00:00.000Z"),
    ("2026-11-21 13:00:00 UTC", "2026-11-21T13:00:00.000Z"),
    ("2026-11-21", "2026-11-20T23:00:00.000Z"),
    ("2026-11-21 13:00", "2026-11-21T12:00:00.000Z"),
    (" 2026-11-21 13:00:59 ", "2026-11-21T12:00:59.000Z"),
    ("2024-02-29", "2024-02-28T23:00:00.000Z"),
    ("13:00", "2026-11-21T12:00:00.000Z"),
    ("@1795262400", "2026-11-21T12:00:00.000Z"),
    ("@1795262400.25", "2026-11-21T12:00:00.250Z"),
  ])
  func absoluteTimes(text: String, expected: String) throws {
    #expect(try berlin(text) == expected)
  }

  @Test(arguments: [
    ("now", "2026-11-21T12:30:00.000Z"), ("today", "2026-11-20T23:00:00.000Z"),
    ("yesterday", "2026-11-19T23:00:00.000Z"), ("tomorrow", "2026-11-21T23:00:00.000Z"),
    ("-2h", "2026-11-21T10:30:00.000Z"), ("+2h", "2026-11-21T14:30:00.000Z"),
    ("2 hours ago", "2026-11-21T10:30:00.000Z"), ("2h ago", "2026-11-21T10:30:00.000Z"),
    ("-1d", "2026-11-20T12:30:00.000Z"), ("1 week ago", "2026-11-14T12:30:00.000Z"),
    ("-1h30min", "2026-11-21T11:00:00.000Z"), ("1 hour 30 minutes ago", "2026-11-21T11:00:00.000Z"),
    ("-90s", "2026-11-21T12:28:30.000Z"), ("-1.5h", "2026-11-21T11:00:00.000Z"),
    ("- 5 m", "2026-11-21T12:25:00.000Z"),
  ])
  func relativeTimes(text: String, expected: String) throws {
    #expect(try berlin(text) == expected)
  }

  /// In Berlin the clocks skip 2:00–3:00 on 2026-03-29 and repeat it on 2026-10-25.
  @Test(arguments: [
    ("2026-03-29 01:59", "2026-03-29T00:59:00.000Z"), ("2026-03-29 03:00", "2026-03-29T01:00:00.000Z"),
    ("2026-03-29", "2026-03-28T23:00:00.000Z"), ("2026-03-30", "2026-03-29T22:00:00.000Z"),
    ("2026-03-29 02:30", "2026-03-29T01:30:00.000Z"), ("2026-10-25 02:30", "2026-10-25T00:30:00.000Z"),
    ("2026-10-25 03:00", "2026-10-25T02:00:00.000Z"),
  ])
  func clockChanges(text: String, expected: String) throws {
    #expect(try berlin(text) == expected)
  }

  /// The day after the change: a calendar day back is midnight, 24 hours back is not.
  @Test func dayThatHas23HoursIsStillADay() throws {
    let now = "2026-03-30T10:00:00Z"
    #expect(try moment("today", now: now) == "2026-03-29T22:00:00.000Z")
    #expect(try moment("yesterday", now: now) == "2026-03-28T23:00:00.000Z")
    #expect(try moment("-1d", now: now) == "2026-03-29T10:00:00.000Z")
  }

  @Test(arguments: [
    "", " ", "soon", "2026", "2026-13-01", "2026-02-30", "2026-11-21 24:00", "2026-11-21 12:60", "2h", "-2",
    "ago",
    "-2h ago", "+", "-", "2 parsecs ago", "2026-11-21T", "T12:00", "@", "@x", "@1e300",
    "-999999999999999999y",
    "2026-11-21T13:00:00+25:99", "Z", "12:00;", "2026-11-21  13:00",
  ])
  func nonsenseIsRefused(text: String) throws {
    #expect(try berlin(text) == nil)
  }

  @Test func localTimeStatesItsZone() throws {
    let winter = Timestamp(millisecondsSince1970: 1_795_262_400_250)
    let berlin = LocalTime(timeZone: try #require(TimeZone(identifier: "Europe/Berlin")))
    #expect(berlin.text(winter) == "2026-11-21 13:00:00+01:00")
    #expect(berlin.text(winter + .seconds(-150 * 86_400)) == "2026-06-24 14:00:00+02:00")
    let newfoundland = LocalTime(timeZone: try #require(TimeZone(identifier: "America/St_Johns")))
    #expect(newfoundland.text(winter) == "2026-11-21 08:30:00-03:30")
  }
}
