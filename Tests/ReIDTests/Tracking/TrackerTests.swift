import Decode
import TestKit
import Testing

@testable import ReID

@Suite struct TrackerTests {
  private let picture = PictureSize(width: 640, height: 480)

  /// Somebody of a quarter of the picture's height.
  private func person(_ x: Double, _ y: Double = 0.4, score: Float = 0.9) -> Detection {
    Detection(box: Box(x: x, y: y, width: 0.08, height: 0.25), score: score)
  }

  /// Feeds frames that are `interval` apart, the first at time zero.
  private func run(
    _ tracker: inout Tracker, _ frames: [[Detection]], from start: Duration = .zero,
    interval: Duration = .milliseconds(200), appearance: (any AppearanceSource)? = nil
  ) throws -> [TrackerUpdate] {
    try frames.enumerated().map { index, detections in
      try tracker.update(
        detections, at: start + interval * index, in: picture, appearance: appearance)
    }
  }

  @Test func aTrackIsBornConfirmedLostFoundAndEnded() throws {
    var tracker = Tracker()
    let seen = [person(0.4)]
    let updates = try run(&tracker, [seen, seen, seen, [], [], seen] + Array(repeating: [], count: 11))
    #expect(
      updates.flatMap(\.changes) == [
        .born(1), .confirmed(1), .lost(1), .found(1), .lost(1), .ended(1, wasConfirmed: true),
      ])
    #expect(updates[2].changes == [.confirmed(1)])
    #expect(updates[5].changes == [.found(1)])
    // Last seen at 1.0 s, waited for until 3.0 s, gone at 3.2 s.
    #expect(updates[16].changes == [.ended(1, wasConfirmed: true)])
    #expect(tracker.tracks.isEmpty)
  }

  @Test func whatIsSeenTwiceIsNobody() throws {
    var tracker = Tracker()
    let updates = try run(&tracker, [[person(0.4)], [person(0.4)], [], [], []])
    #expect(updates.flatMap(\.changes) == [.born(1), .ended(1, wasConfirmed: false)])
  }

  @Test func aLowScoreContinuesATrackButBeginsNone() throws {
    var tracker = Tracker()
    let low = person(0.4, score: 0.2)
    let updates = try run(
      &tracker, [[low], [low], [person(0.4)], [person(0.4)], [person(0.4)], [low], [low]])
    #expect(updates.flatMap(\.changes) == [.born(1), .confirmed(1)])
    #expect(updates[6].matches == [.init(detection: 0, ordinal: 1)])
  }

  @Test(arguments: [(unseen: 4, isTaken: true), (unseen: 5, isTaken: false)])
  func aLowScoreIsNotSomebodyWhoWasLostForOverASecond(_ gap: (unseen: Int, isTaken: Bool)) throws {
    var tracker = Tracker()
    let low = person(0.4, score: 0.2)
    let seen = Array(repeating: [person(0.4)], count: 3)
    let updates = try run(&tracker, seen + Array(repeating: [], count: gap.unseen) + [[low], [person(0.4)]])
    #expect(updates[3 + gap.unseen].matches.isEmpty != gap.isTaken)
    #expect(updates[4 + gap.unseen].matches == [.init(detection: 0, ordinal: 1)], "a high score is")
  }

  @Test func aHighScoreGoesBeforeALowOneThatFitsBetter() throws {
    var tracker = Tracker()
    _ = try run(&tracker, Array(repeating: [person(0.4)], count: 4))
    let update = try tracker.update(
      [person(0.4, score: 0.3), person(0.42)], at: .milliseconds(800), in: picture)
    #expect(update.matches == [.init(detection: 1, ordinal: 1)])
  }

  @Test func someoneWhoWalksOnUnseenIsFoundWhereTheyShouldBe() throws {
    var tracker = Tracker()
    // A quarter of the picture's width per second is 3 widths of the box; hidden for 1.2 s.
    let walk = (0..<5).map { [person(0.05 + 0.05 * Double($0))] }
    _ = try run(&tracker, walk)
    let update = try tracker.update([person(0.05 + 0.05 * 10)], at: .seconds(2), in: picture)
    #expect(update.matches == [.init(detection: 0, ordinal: 1)])
    // Somebody who comes up where the walker vanished is somebody else.
    var other = Tracker()
    _ = try run(&other, walk)
    #expect(try other.update([person(0.25)], at: .seconds(2), in: picture).changes.contains(.born(2)))
  }

  @Test func halfOfAKnownPersonIsNobodyElse() throws {
    var tracker = Tracker()
    let whole = person(0.4)
    let half = Detection(box: Box(x: 0.4, y: 0.4, width: 0.08, height: 0.1), score: 0.8)
    let neighbour = person(0.45)
    _ = try run(&tracker, Array(repeating: [whole], count: 3))
    let updates = try run(
      &tracker, [[whole, half], [whole, half], [whole, neighbour]], from: .milliseconds(600))
    #expect(updates.flatMap(\.changes) == [.born(2)])
    #expect(updates[2].matches.map(\.detection) == [0, 1])
  }

  @Test func boxesThatAreNoneAreRefused() throws {
    let tooSmall = Box(x: 0.1, y: 0.1, width: 0, height: 0.2)
    let broken = [
      Detection(box: tooSmall, score: 0.9),
      Detection(box: Box(x: .nan, y: 0, width: 0.1, height: 0.2), score: 0.9),
      Detection(box: Box(x: 0, y: 0, width: .infinity, height: 0.2), score: 0.9),
      Detection(box: Box(x: 1.5, y: 0, width: 0.1, height: 0.2), score: 0.9),
      Detection(box: Box(x: 0.4, y: 0, width: -0.1, height: 0.2), score: 0.9),
      Detection(box: Box(x: 0.4, y: 0, width: 0.1, height: 0.2), score: .nan),
    ]
    var tracker = Tracker()
    let update = try tracker.update(broken + [person(0.3)], at: .zero, in: picture)
    #expect(update.refusedDetections == 6)
    #expect(update.matches == [.init(detection: 6, ordinal: 1)])
  }

  @Test func moreThanTheLimitIsDroppedAndCounted() throws {
    var tracker = Tracker()
    // A grid of 250 small people, the first 50 of the lowest score.
    let crowd = (0..<250).map { index in
      Detection(
        box: Box(
          x: Double(index % 25) * 0.04, y: Double(index / 25) * 0.1, width: 0.02, height: 0.08),
        score: index < 50 ? 0.7 : 0.8)
    }
    let updates = try run(&tracker, Array(repeating: crowd, count: 4))
    #expect(updates.allSatisfy { $0.droppedDetections == 50 })
    #expect(updates[0].matches.map(\.detection) == Array(50..<250))
    #expect(updates[2].changes.count == 200)
    #expect(tracker.tracks.count == 200)
  }

  @Test func theTrackLimitGivesUpWhoIsLostForLongest() throws {
    var parameters = TrackerParameters()
    parameters.trackLimit = 2
    var tracker = Tracker(parameters: parameters)
    let (left, right, new) = (person(0.1), person(0.5), person(0.8))
    _ = try run(&tracker, Array(repeating: [left, right], count: 3))
    // Both are in sight: there is no room.
    let full = try tracker.update([left, right, new], at: .milliseconds(600), in: picture)
    #expect(full.droppedTracks == 1)
    #expect(full.matches.count == 2)
    _ = try tracker.update([right], at: .milliseconds(800), in: picture)
    let made = try tracker.update([right, new], at: .seconds(1), in: picture)
    #expect(made.changes == [.ended(1, wasConfirmed: true), .born(3)])
    #expect(made.droppedTracks == 1)
    #expect(tracker.tracks.map(\.ordinal) == [2, 3])
  }

  @Test func whoLeavesThePictureIsNotWaitedFor() throws {
    var tracker = Tracker()
    // Walks out on the left; the box is cut by the edge more and more.
    let walk = (0..<8).map { step -> [Detection] in
      let x = 0.25 - 0.04 * Double(step)
      return [Detection(box: Box(x: max(0, x), y: 0.4, width: 0.08 + min(0, x), height: 0.25), score: 0.9)]
    }
    let updates = try run(&tracker, walk + [[], [], []])
    // Until the last sliver it is one person, who is gone within 0.6 s and not after 2 s.
    #expect(updates.flatMap(\.changes) == [.born(1), .confirmed(1), .lost(1), .ended(1, wasConfirmed: true)])
    #expect(tracker.tracks.isEmpty)
  }

  @Test func aBoxThatAnEdgeCutsKeepsItsSize() {
    var motion = PersonMotion(
      box: Box(x: 0.1, y: 0.4, width: 0.08, height: 0.25), picture: picture, noise: MotionNoise())
    for step in 1...6 {
      motion.predict(seconds: 0.2, picture: picture, isSeen: true)
      let x = 0.1 - 0.02 * Double(step)
      motion.correct(
        Box(x: max(0, x), y: 0.4, width: 0.08 + min(0, x), height: 0.25), picture: picture)
    }
    // Only 0.06 of it was seen.
    #expect(abs(motion.box.width - 0.08) < 0.004)
    #expect(abs(motion.box.x - -0.02) < 0.01)
  }

  @Test func theOrderOfDetectionsDoesNotMatter() throws {
    let people = SyntheticScene.everything.people(seed: 3)
    var forward = Tracker()
    var backward = Tracker()
    var generator = SplitMix64(seed: 9)
    var matchCount = 0
    for seconds in people.times {
      let detections = people.detections(at: seconds, generator: &generator)
      let one = try forward.update(detections, at: .seconds(seconds), in: picture)
      let other = try backward.update(detections.reversed(), at: .seconds(seconds), in: picture)
      let mirrored = other.matches.map {
        TrackerUpdate.Match(detection: detections.count - 1 - $0.detection, ordinal: $0.ordinal)
      }
      #expect(one.matches == mirrored.reversed())
      matchCount += one.matches.count
      #expect(forward.tracks == backward.tracks)
    }
    #expect(matchCount > 50)
  }

  @Test func aClockThatStandsStillOrGoesBackDoesNoHarm() throws {
    var tracker = Tracker()
    for time in [1.0, 1, 0.5, 0.5, 2] {
      let update = try tracker.update([person(0.4)], at: .seconds(time), in: picture)
      #expect(update.matches == [.init(detection: 0, ordinal: 1)])
    }
  }

  @Test func finishingEndsEveryoneAndGoesOnCounting() throws {
    var tracker = Tracker()
    _ = try run(&tracker, Array(repeating: [person(0.4)], count: 3))
    _ = try tracker.update([person(0.4), person(0.8)], at: .milliseconds(600), in: picture)
    #expect(tracker.finish().changes == [.ended(1, wasConfirmed: true), .ended(2, wasConfirmed: false)])
    #expect(try tracker.update([person(0.4)], at: .zero, in: picture).changes == [.born(3)])
  }
}
