import Foundation
import TestKit
import Testing

@testable import Store

@Suite struct TimestampTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1, "1970-01-01T00:00:00.001Z"),
    (1_795_262_400_250, "2026-11-21T12:00:00.250Z"), (951_782_399_000, "2000-02-28T23:59:59.000Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
  ])
  func descriptionIsRFC3339(milliseconds: Int64, text: String) {
    #expect(Timestamp(millisecondsSince1970: milliseconds).description == text)
  }

  /// Against Foundation's calendar.
  @Test func descriptionAgreesWithFoundation() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<1000 {
      let seconds = Int64.random(in: -10_000_000_000...100_000_000_000, using: &random)
      let timestamp = Timestamp(millisecondsSince1970: seconds * 1000)
      let expected = timestamp.date.formatted(
        .iso8601.year().month().day().time(includingFractionalSeconds: true))
      #expect(timestamp.description == expected + (expected.hasSuffix("Z") ? "" : "Z"))
    }
  }

  @Test func durationsAreAddedToTheMillisecondBelow() {
    let start = Timestamp(millisecondsSince1970: 1000)
    #expect((start + .milliseconds(40)).millisecondsSince1970 == 1040)
    #expect((start + .microseconds(1999)).millisecondsSince1970 == 1001)
    #expect((start + .microseconds(-1)).millisecondsSince1970 == 999)
    #expect(Timestamp(millisecondsSince1970: -1).secondSince1970 == -1)
    #expect(Timestamp(millisecondsSince1970: 1999).secondSince1970 == 1)
  }

  @Test func datesRoundTrip() {
    var random = SplitMix64(seed: 2)
    for _ in 0..<1000 {
      let timestamp = Timestamp(
        millisecondsSince1970: Int64.random(in: 0...4_000_000_000_000, using: &random))
      #expect(Timestamp(timestamp.date) == timestamp)
    }
  }
}
