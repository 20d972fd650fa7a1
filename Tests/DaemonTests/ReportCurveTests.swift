import Testing

@testable import Daemon

@Suite struct ReportCurveTests {
  private func randomCurve(_ count: Int, seed: UInt64) -> [ReplaySummary.Point] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map {
      .init(time: .milliseconds($0 * 40), regularity: Float.random(in: 0...1, using: &random))
    }
  }

  @Test(arguments: [4, 5, 17, 100, 2000], UInt64(1)...20)
  func samplingKeepsEveryDip(limit: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let count = Int.random(in: 1...5000, using: &random)
    let curve = randomCurve(count, seed: seed)
    let sampled = curve.sampled(limit: limit)
    #expect(sampled.count <= limit || curve.count <= limit)
    #expect(sampled.first == curve.first && sampled.last == curve.last)
    #expect(zip(sampled, sampled.dropFirst()).allSatisfy { $0.time < $1.time })
    #expect(Set(sampled).isSubset(of: Set(curve)))
    #expect(sampled.map(\.regularity).min() == curve.map(\.regularity).min())
    // A dip of a single frame anywhere is still there.
    var dipped = curve
    let place = Int.random(in: 0..<count, using: &random)
    dipped[place] = .init(time: curve[place].time, regularity: -1)
    #expect(dipped.sampled(limit: limit).contains(dipped[place]))
  }

  @Test func aShortCurveIsKeptAsItIs() {
    let curve = randomCurve(2000, seed: 3)
    #expect(curve.sampled(limit: 2000) == curve)
    #expect([ReplaySummary.Point]().sampled(limit: 4).isEmpty)
  }

  @Test func pointsWithoutANumberAreLeftOut() {
    let curve: [ReplaySummary.Point] = [
      .init(time: .zero, regularity: .nan), .init(time: .seconds(1), regularity: 0.5),
      .init(time: .seconds(2), regularity: .infinity),
    ]
    #expect(curve.sampled(limit: 4) == [curve[1]])
  }

  @Test(arguments: [
    (Duration.milliseconds(400), ["0:00"]),
    (.seconds(5), ["0:00", "0:01", "0:02", "0:03", "0:04", "0:05"]),
    (.milliseconds(79_500), ["0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00", "1:10"]),
    (.seconds(3600), ["0:00", "10:00", "20:00", "30:00", "40:00", "50:00", "1:00:00"]),
    (
      .seconds(86_400),
      ["0:00", "3:00:00", "6:00:00", "9:00:00", "12:00:00", "15:00:00", "18:00:00", "21:00:00", "24:00:00"]
    ),
  ])
  func ticksAreRound(duration: Duration, labels: [String]) {
    #expect(TimeAxis(duration: duration).ticks.map(\.clipTime) == labels)
  }

  @Test(arguments: [0, 1, 999, 8001, 86_400_000, 345_600_001, 6_912_000_000, 100_000_000_000])
  func ticksAreFewAndInside(milliseconds: Int) {
    let ticks = TimeAxis(duration: .milliseconds(milliseconds)).ticks
    #expect(ticks.first == .zero)
    #expect((1...9).contains(ticks.count))
    #expect(ticks.allSatisfy { $0 <= .milliseconds(milliseconds) })
  }

  @Test func timesReadAsPeopleWriteThem() {
    #expect(Duration.milliseconds(65_390).clipTime == "1:05")
    #expect(Duration.milliseconds(65_390).preciseClipTime == "1:05.3")
    #expect(Duration.seconds(7_265).clipTime == "2:01:05")
    #expect(Duration.milliseconds(59_990).length == "59.9 s")
    #expect(Duration.milliseconds(60_000).length == "1:00")
    #expect(Duration.milliseconds(-5).preciseClipTime == "0:00.0")
  }

  @Test(arguments: [
    (0.0, "0.00"), (0.29, "0.29"), (0.4999, "0.49"), (1, "1.00"), (1.5, "1.00"), (.nan, "0.00"),
  ])
  func anAlertNeverReadsLikeItsThreshold(regularity: Double, text: String) {
    #expect(hundredths(regularity) == text)
  }

  @Test(arguments: [
    (0.0, "0.00%"), (0.125, "12.50%"), (1.0 / 3, "33.33%"), (0.00049, "0.05%"), (2, "100.00%"),
  ])
  func sharesAreWrittenForStyleSheets(share: Double, text: String) {
    #expect(percent(share) == text)
  }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014: every run of the tests sees the same
/// curves.
private struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
