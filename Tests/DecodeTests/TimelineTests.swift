import TestKit
import Testing

@testable import Decode

@Suite struct TimelineTests {
  /// In milliseconds, 100 ms nominal, jumps from 10 s on.
  private func timeline(wrapBits: Int = 64, forwardLimit: Duration = .seconds(10)) -> Timeline {
    Timeline(
      timeBase: (1, 1000), wrapBits: wrapBits, nominalFrameDuration: .milliseconds(100),
      forwardLimit: forwardLimit)
  }

  private func place(_ ticks: [Int64?], on timeline: inout Timeline) -> [Duration] {
    ticks.map { timeline.place($0) }
  }

  @Test func startsAtZeroAndKeepsGaps() {
    var timeline = timeline()
    #expect(
      place([1400, 1500, 1533, 6000], on: &timeline) == [
        .zero, .milliseconds(100), .milliseconds(133), .milliseconds(4600),
      ])
    #expect(timeline.corrections == Timeline.Corrections())
  }

  @Test func placesEqualAndSlightlyBackwardTimesJustBehind() {
    var timeline = timeline()
    #expect(
      place([0, 100, 100, 90, 200], on: &timeline) == [
        .zero, .milliseconds(100), .microseconds(100_001), .microseconds(100_002), .milliseconds(200),
      ])
    #expect(timeline.corrections == Timeline.Corrections(missing: 0, backward: 2, jumps: 0))
  }

  @Test func placesMissingTimesOneFrameOn() {
    var timeline = timeline()
    #expect(
      place([nil, nil, 5000, nil, 5200], on: &timeline) == [0, 100, 200, 300, 400].map { .milliseconds($0) })
    #expect(timeline.corrections.missing == 3)
  }

  @Test func takesJumpsOut() {
    var timeline = timeline()
    // Ahead by an hour, then back to the old clock.
    #expect(
      place([0, 100, 3_600_000, 3_600_100, 300, 400], on: &timeline)
        == [0, 100, 200, 300, 400, 500].map { .milliseconds($0) })
    #expect(timeline.corrections.jumps == 2)
  }

  @Test func unwraps33Bits() {
    var timeline = timeline(wrapBits: 33)
    let end = Int64(1) << 33
    #expect(
      place([end - 200, end - 100, 0, 100, -50 + end, 200], on: &timeline) == [
        .zero, .milliseconds(100), .milliseconds(200), .milliseconds(300),
        // A straggler from before the wrap is late, not 2³³ ticks early.
        .microseconds(300_001), .milliseconds(400),
      ])
    #expect(timeline.corrections == Timeline.Corrections(missing: 0, backward: 1, jumps: 0))
  }

  @Test func liveTimesStayNearTheirArrival() {
    var timeline = timeline()
    #expect(timeline.place(0, arrival: .seconds(50)) == .zero)
    // The camera's clock runs 0.05 % fast: that would be 43 s in a day.
    var last = Duration.zero
    for second in 1...86_400 {
      let time = timeline.place(Int64(Double(second) * 1000.5), arrival: .seconds(50 + second))
      #expect(time > last)
      last = time
    }
    #expect(abs((last - .seconds(86_400)) / .seconds(1)) < 0.1)
    #expect(timeline.corrections.jumps == 0)
    // It is set back by an hour: arrival tells how much time went by.
    let next = timeline.place(86_400_000 - 3_600_000, arrival: .seconds(50 + 86_430))
    #expect(next == .seconds(86_430))
    #expect(timeline.corrections.jumps > 0)
  }

  @Test(arguments: 0..<200) func increasesStrictlyWhateverComes(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var timeline = timeline(wrapBits: [33, 64, 32].randomElement(using: &random) ?? 64)
    var clock: Int64 = .random(in: -1_000_000...1_000_000, using: &random)
    var last = Duration.seconds(-1)
    for _ in 0..<500 {
      let ticks: Int64?
      switch Int.random(in: 0..<20, using: &random) {
      case 0: ticks = nil
      case 1: ticks = .random(in: .min ... .max, using: &random)
      case 2: ticks = [.min, .max, 0, -1].randomElement(using: &random)
      case 3:
        clock += .random(in: -100_000_000...100_000_000, using: &random)
        ticks = clock
      default:
        clock += .random(in: -40...200, using: &random)
        ticks = clock
      }
      let time = timeline.place(ticks)
      #expect(time > last)
      last = time
    }
  }
}
