import Anomaly
import Decode
import TestKit
import Testing

struct EventDetectorTests {
  private func frame(
    _ index: Int, _ irregularity: Float, isSceneChange: Bool = false, startsSegment: Bool = false,
    evidence: Evidence = .appearance, framesPerSecond: Int = 10
  ) -> ScoredFrame {
    let grid = CellGrid(columns: 2, rows: 1)
    return ScoredFrame(
      frameIndex: index, presentationTime: .seconds(1) * index / framesPerSecond, irregularity: irregularity,
      evidence: evidence, heatMap: HeatMap(grid: grid, values: [min(1, max(0, irregularity)), 0]),
      box: Box(x: Double(index) / 1000, y: 0, width: 0.5, height: 1), isSceneChange: isSceneChange,
      startsSegment: startsSegment)
  }

  private func updates(_ curve: [Float], framesPerSecond: Int = 10) -> [EventUpdate] {
    var detector = EventDetector()
    let frames = curve.enumerated().map { frame($0, $1, framesPerSecond: framesPerSecond) }
    return frames.flatMap { detector.add($0) } + detector.finish()
  }

  private func closed(_ updates: [EventUpdate]) -> [Event] {
    updates.compactMap { if case .closed(let event) = $0 { event } else { nil } }
  }

  private func quiet(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }

  @Test func anEventOpensPeaksAndCloses() throws {
    // Leaves its rest at frame 5 (0.7), enters at 6, lasts till 12.
    let curve = quiet(5) + [0.7, 1.2, 1.1, 1.3, 1.1, 2, 1.1, 0.65] + quiet(30)
    let updates = updates(curve)
    guard case .opened(let opened) = updates[0], case .peaked(let peaked) = updates[1],
      case .closed(let event) = updates[2]
    else {
      Issue.record("\(updates)")
      return
    }
    #expect(updates.count == 3)
    // 250 ms after it entered, at frame 9.
    #expect(opened.start == .milliseconds(500) && opened.end == .milliseconds(900))
    #expect(opened.peakFrameIndex == 8)
    #expect(peaked.peakFrameIndex == 10 && peaked.peak == .seconds(1))
    #expect(event.start == .milliseconds(500) && event.end == .milliseconds(1200))
    #expect(event.peakFrameIndex == 10)
    #expect(event.regularity == 1 / 3 && event.threshold == 0.5)
    #expect(event.box.x == 0.01)
    #expect(event.heatMap.values == [1, 0])
  }

  @Test func theEvidenceIsThatOfThePeak() {
    func evidence(_ frames: [ScoredFrame]) -> [Evidence?] {
      var detector = EventDetector()
      return closed(frames.flatMap { detector.add($0) } + detector.finish()).map(\.evidence)
    }
    let looks = (0..<5).map { frame($0, 1.2) }
    #expect(evidence(looks + [frame(5, 2, evidence: .motion)]) == [.motion])
    #expect(evidence(looks + [frame(5, 1.1, evidence: .motion)]) == [.appearance])
    #expect(evidence((0..<5).map { frame($0, 2, isSceneChange: true, evidence: .motion) }) == [nil])
  }

  @Test func whatIsShortOrLowIsNone() {
    #expect(updates(quiet(10) + [5, 5] + quiet(30)).isEmpty)
    #expect(updates(quiet(10) + [Float](repeating: 0.99, count: 50) + quiet(30)).isEmpty)
  }

  @Test func whatComesSoonAfterBelongsToIt() {
    let burst: [Float] = [1.5, 1.5, 1.5, 1.5]
    #expect(closed(updates(burst + quiet(19) + burst + quiet(40))).count == 1)
    #expect(closed(updates(burst + quiet(21) + burst + quiet(40))).count == 2)
  }

  @Test func theFrameRateDoesNotMatter() {
    for rate in [5, 10, 25, 50] {
      let curve = quiet(rate) + [Float](repeating: 2, count: rate) + quiet(4 * rate)
      let events = closed(updates(curve, framesPerSecond: rate))
      #expect(events.map(\.start) == [.seconds(1)])
      #expect(events.map(\.end) == [.seconds(2) - .seconds(1) / rate])
    }
  }

  /// One frame before and one after a pause do not make an event that lasted all along.
  @Test func aPauseIsNoPersistence() {
    // A pause within the hold, that the scorer took for a cut; and one that is longer, of a stream without a rhythm.
    for (next, startsSegment) in [(15, true), (31, false)] {
      var detector = EventDetector()
      #expect(detector.add(frame(10, 2)).isEmpty)
      #expect(detector.add(frame(next, 2, startsSegment: startsSegment)).isEmpty)
      #expect(detector.add(frame(next + 1, 2)).isEmpty)
      #expect(detector.add(frame(next + 2, 2)).isEmpty)
      // 300 ms of its own.
      guard case .opened(let event)? = detector.add(frame(next + 3, 2)).first else {
        Issue.record("what lasts after the pause is none")
        continue
      }
      #expect(event.start == .milliseconds(100 * next))
    }
  }

  @Test func anOpenEventOutlastsACutWithinTheHold() {
    var detector = EventDetector()
    var updates: [EventUpdate] = []
    for index in 0..<5 { updates += detector.add(frame(index, 2)) }
    for index in 15..<20 { updates += detector.add(frame(index, 2, startsSegment: index == 15)) }
    #expect(closed(updates + detector.finish()).map(\.end) == [.milliseconds(1900)])
  }

  @Test func theEndOfTheStreamCloses() {
    #expect(closed(updates(quiet(5) + [2, 2, 2, 2, 2])).count == 1)
  }

  @Test func aSceneChangeEndsAnEventAndIsOneItself() {
    var detector = EventDetector()
    var updates: [EventUpdate] = []
    for index in 0..<10 { updates += detector.add(frame(index, 2)) }
    for index in 10..<14 { updates += detector.add(frame(index, 1.4, isSceneChange: true)) }
    for index in 14..<60 { updates += detector.add(frame(index, 0)) }
    let events = closed(updates)
    #expect(events.map(\.kind) == [.irregular, .sceneChange])
    #expect(events.map(\.end) == [.milliseconds(900), .milliseconds(1300)])
    #expect(events.map(\.start) == [.zero, .seconds(1)])
  }

  @Test func openAndCloseAlternateOnAnyCurve() {
    var random = SplitMix64(seed: 5)
    for _ in 0..<50 {
      var open: Event?
      for update in updates((0..<400).map { _ in random.float(in: 0...1.6) }) {
        switch update {
        case .opened(let event):
          #expect(open == nil)
          open = event
        case .peaked(let event):
          #expect(event.regularity < (open?.regularity ?? 0))
          open = event
        case .closed(let event):
          #expect(open?.peakFrameIndex == event.peakFrameIndex)
          #expect(event.start <= event.peak && event.peak <= event.end)
          open = nil
        }
      }
      #expect(open == nil)
    }
  }
}
