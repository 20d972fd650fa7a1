import Decode
import Testing

@testable import ReID

/// Says who looks like whom by a table, and notes what it was asked.
private final class ScriptedAppearance: AppearanceSource {
  let similarity: (AppearancePair) -> Float?
  let canBeTold: () -> Bool
  private(set) var asked: [AppearancePair] = []

  init(canTell: @escaping () -> Bool = { true }, _ similarity: @escaping (AppearancePair) -> Float?) {
    self.similarity = similarity
    canBeTold = canTell
  }

  func similarities(of pairs: [AppearancePair]) throws -> [Float?] {
    asked += pairs
    return pairs.map(similarity)
  }

  func canTell(_ detection: Int) -> Bool { canBeTold() }
}

@Suite struct AppearanceTests {
  private struct Failure: Error {}

  private struct FailingAppearance: AppearanceSource {
    func similarities(of pairs: [AppearancePair]) throws -> [Float?] { throw Failure() }
    func canTell(_ detection: Int) -> Bool { true }
  }

  private let picture = PictureSize(width: 640, height: 480)

  private func person(_ x: Double) -> Detection {
    Detection(box: Box(x: x, y: 0.4, width: 0.08, height: 0.25), score: 0.9)
  }

  /// A tracker that has someone confirmed at 0.3, not seen since 0.4 s, and is at 5 s; others were there all the time.
  private func afterAbsence(
    _ appearance: any AppearanceSource, others: [Detection] = []
  ) throws -> Tracker {
    var tracker = Tracker()
    for step in 0..<25 {
      _ = try tracker.update(
        (step < 3 ? [person(0.3)] : []) + others, at: .milliseconds(200 * step), in: picture,
        appearance: appearance)
    }
    return tracker
  }

  @Test func whoLooksLikeSomeoneLostContinuesTheirTrack() throws {
    let appearance = ScriptedAppearance { _ in 0.9 }
    var tracker = try afterAbsence(appearance)
    #expect(appearance.asked.isEmpty)
    let update = try tracker.update([person(0.6)], at: .seconds(5), in: picture, appearance: appearance)
    #expect(update.changes == [.found(1)])
    #expect(appearance.asked == [AppearancePair(detection: 0, ordinal: 1)])
  }

  @Test(arguments: [0.5, nil] as [Float?]) func whoDoesNotIsSomebodyElse(_ similarity: Float?) throws {
    let appearance = ScriptedAppearance { _ in similarity }
    var tracker = try afterAbsence(appearance)
    let update = try tracker.update([person(0.6)], at: .seconds(5), in: picture, appearance: appearance)
    #expect(update.changes == [.born(2)])
  }

  /// Whoever is in the picture beside them is somebody else. Who is no more like the lost person than like them is somebody else,
  /// too.
  @Test(arguments: [(0.75 as Float, TrackerUpdate.Change.found(1)), (0.85, .born(3))])
  func whoIsLessAlikeThanPeopleSeenTogetherIsSomebodyElse(
    _ similarityOfAnother: Float, _ change: TrackerUpdate.Change
  ) throws {
    let appearance = ScriptedAppearance { $0.ordinal == 1 ? 0.8 : similarityOfAnother }
    var tracker = try afterAbsence(appearance, others: [person(0.8)])
    let update = try tracker.update(
      [person(0.6), person(0.8)], at: .seconds(5), in: picture, appearance: appearance)
    #expect(update.changes == [change])
    #expect(
      appearance.asked == [
        AppearancePair(detection: 0, ordinal: 1), AppearancePair(detection: 0, ordinal: 2),
      ])
  }

  /// The camera is remembered: how alike people are who were seen at once counts later, too.
  @Test func whatACameraShowedStays() throws {
    let appearance = ScriptedAppearance { $0.ordinal == 1 ? 0.8 : 0.85 }
    var tracker = try afterAbsence(appearance, others: [person(0.8)])
    for step in 0..<3 {
      _ = try tracker.update(
        [person(0.6), person(0.8)], at: .milliseconds(5000 + 200 * step), in: picture,
        appearance: appearance)
    }
    _ = tracker.finish()
    let seen = [[person(0.2)], [person(0.2)], [person(0.2)], [], [], []]
    for (step, detections) in seen.enumerated() {
      _ = try tracker.update(
        detections, at: .milliseconds(200 * step), in: picture, appearance: appearance)
    }
    let alike = ScriptedAppearance { _ in 0.84 }
    let update = try tracker.update([person(0.6)], at: .seconds(4), in: picture, appearance: alike)
    #expect(update.changes == [.born(5)])
    let more = ScriptedAppearance { _ in 0.86 }
    _ = try tracker.update([], at: .seconds(4.2), in: picture, appearance: more)
    #expect(
      try tracker.update([person(0.3)], at: .seconds(5), in: picture, appearance: more).changes.contains(
        .found(4)))
  }

  @Test func halfOfSomebodyKnownIsNobodyWhoReturns() throws {
    let appearance = ScriptedAppearance { _ in 0.9 }
    var tracker = try afterAbsence(appearance, others: [person(0.6)])
    let half = Detection(box: Box(x: 0.6, y: 0.4, width: 0.08, height: 0.14), score: 0.9)
    let update = try tracker.update(
      [person(0.6), half], at: .seconds(5), in: picture, appearance: appearance)
    #expect(update.changes.isEmpty && appearance.asked.isEmpty)
  }

  @Test func nobodyReturnsAtTwiceTheirSize() throws {
    let appearance = ScriptedAppearance { _ in 1 }
    var tracker = try afterAbsence(appearance)
    let large = Detection(box: Box(x: 0.3, y: 0.1, width: 0.2, height: 0.6), score: 0.9)
    #expect(
      try tracker.update([large], at: .seconds(5), in: picture, appearance: appearance).changes == [.born(2)])
    #expect(appearance.asked.isEmpty)
  }

  @Test func afterTenSecondsNobodyIsWaitedFor() throws {
    let appearance = ScriptedAppearance { _ in 1 }
    var tracker = try afterAbsence(appearance)
    #expect(tracker.tracks.count == 1)
    let update = try tracker.update([], at: .seconds(10.5), in: picture, appearance: appearance)
    #expect(update.changes == [.ended(1, wasConfirmed: true)])
  }

  @Test func whereMotionIsClearNobodyIsAsked() throws {
    let appearance = ScriptedAppearance { _ in 0 }
    var tracker = Tracker()
    for step in 0..<20 {
      let people = [person(0.1 + 0.01 * Double(step)), person(0.6 - 0.005 * Double(step))]
      _ = try tracker.update(people, at: .milliseconds(200 * step), in: picture, appearance: appearance)
    }
    #expect(appearance.asked.isEmpty)
  }

  @Test func looksDecideWhereOverlapsAreAlike() throws {
    // Two people stand close; then both boxes lie between where they stood.
    func matches(_ appearance: any AppearanceSource) throws -> [TrackerUpdate.Match] {
      var tracker = Tracker()
      for step in 0..<4 {
        _ = try tracker.update(
          [person(0.3), person(0.36)], at: .milliseconds(200 * step), in: picture, appearance: appearance)
      }
      return try tracker.update(
        [person(0.328), person(0.332)], at: .milliseconds(800), in: picture, appearance: appearance
      ).matches
    }
    let straight = ScriptedAppearance { $0.detection + 1 == $0.ordinal ? 0.9 : 0.2 }
    let crossed = ScriptedAppearance { $0.detection + 1 == $0.ordinal ? 0.2 : 0.9 }
    #expect(try matches(straight).map(\.ordinal) == [1, 2])
    #expect(try matches(crossed).map(\.ordinal) == [2, 1])
  }

  /// One wrong note does not close the door for good: later ones are noted whether they are as high or not.
  @Test func oneMistakeIsForgotten() throws {
    var similarityOfAnother: Float = 0.99
    let appearance = ScriptedAppearance { $0.ordinal == 2 ? similarityOfAnother : 0.8 }
    var (tracker, step, found) = (Tracker(), 0, [Int]())
    // Somebody stands at the right all the time; others come, are lost for half a second, return elsewhere, and are gone for
    // longer than motion waits.
    let places: [Double?] = [0.3, 0.3, 0.3, nil, nil, 0.5, 0.5, 0.5] + Array(repeating: nil, count: 11)
    for visit in 0..<120 {
      for place in places {
        let people = [person(0.8)] + (place.map { [person($0)] } ?? [])
        let update = try tracker.update(
          people, at: .milliseconds(200 * step), in: picture, appearance: appearance)
        if update.changes.contains(where: { if case .found = $0 { true } else { false } }) {
          found.append(visit)
        }
        step += 1
      }
      if similarityOfAnother > 0.5, !appearance.asked.isEmpty { similarityOfAnother = 0.5 }
    }
    #expect(try #require(found.first) > 10, "found at once, so that the mistake meant nothing")
  }

  /// Two people walk towards each other, hide each other's looks, and turn back: motion alone takes each for the other.
  private func afterMeeting(
    toldFrom first: Int = 0, canTell: Bool = true,
    _ similarity: ((AppearancePair) -> Float)?
  ) throws -> [Int] {
    let walk = [0.30, 0.32, 0.34, 0.36, 0.38, 0.40, 0.42, 0.42, 0.40, 0.38, 0.36, 0.34, 0.32, 0.30]
    let left = walk + Array(repeating: 0.30, count: 8)
    // A person is 0.08 wide.
    var isTelling = false
    let appearance = similarity.map { similarity in
      ScriptedAppearance(canTell: { canTell }) { isTelling ? similarity($0) : nil }
    }
    var tracker = Tracker()
    return try left.enumerated().map { step, x in
      isTelling = 0.86 - 2 * x > 0.08 && step >= first
      return try tracker.update(
        [person(x), person(0.86 - x)], at: .milliseconds(200 * step), in: picture, appearance: appearance
      ).matches.map(\.ordinal)
    }.last ?? []
  }

  @Test func looksSettleWhoIsWhoAfterAMeeting() throws {
    func looks(own: Float, other: Float) -> (AppearancePair) -> Float {
      { $0.detection + 1 == $0.ordinal ? own : other }
    }
    #expect(try afterMeeting(nil) == [2, 1])
    #expect(try afterMeeting(looks(own: 0.9, other: 0.3)) == [1, 2])
    #expect(try afterMeeting(looks(own: 0.3, other: 0.9)) == [2, 1])
    // Twice 0.09 is less than it takes.
    #expect(try afterMeeting(looks(own: 0.69, other: 0.6)) == [2, 1])
    #expect(try afterMeeting(canTell: false, looks(own: 0.9, other: 0.3)) == [2, 1])
    // They were together until the eighth frame, 1.4 s: 1.8 s later it can be settled, 2.2 s later it is too late.
    #expect(try afterMeeting(toldFrom: 16, looks(own: 0.9, other: 0.3)) == [1, 2])
    #expect(try afterMeeting(toldFrom: 18, looks(own: 0.9, other: 0.3)) == [2, 1])
  }

  @Test func aMeetingIsOfTwoInAnyOrder() {
    #expect(Meeting(3, 1) == Meeting(1, 3))
    #expect(Meeting(1, 3).exchanging(Meeting(1, 2)) == Meeting(2, 3))
    #expect(Meeting(3, 4).exchanging(Meeting(1, 2)) == Meeting(3, 4))
    #expect(
      [Meeting(2, 3), Meeting(1, 4), Meeting(1, 2)].sorted() == [Meeting(1, 2), Meeting(1, 4), Meeting(2, 3)])
  }

  @Test func aFailureComesThrough() throws {
    let working = ScriptedAppearance { _ in 1 }
    var tracker = try afterAbsence(working)
    #expect(throws: Failure.self) {
      try tracker.update([person(0.6)], at: .seconds(5), in: picture, appearance: FailingAppearance())
    }
  }
}
