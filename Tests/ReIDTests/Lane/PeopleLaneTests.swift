import Decode
import Foundation
import TestKit
import Testing

@testable import ReID

@Suite struct PeopleLaneTests {
  private struct Failure: Error {}

  /// Someone who walks to the right from 0 s to 3.8 s, in frames 0.1 s apart, of which every second is searched.
  private func walk(
    _ rehearsal: Rehearsal, from start: Double = 0, color: [UInt8] = Rehearsal.red, x: Double = 0.1
  ) throws -> [PersonTrack] {
    try (0..<39).flatMap { step in
      try rehearsal.show(
        [Rehearsal.person(x + 0.01 * Double(step), 0.4, color)], at: start + 0.1 * Double(step),
        gray: step.isMultiple(of: 2) ? 40 : 0)
    }
  }

  @Test func aWalkerIsOneTrack() throws {
    let rehearsal = Rehearsal(embeds: true)
    #expect(try walk(rehearsal).isEmpty)
    let tracks = try rehearsal.lane.finish()
    let track = try #require(tracks.first)
    #expect(tracks.count == 1)
    #expect(track.ordinal == 1)
    #expect(track.firstSeen == .zero)
    #expect(track.lastSeen == .milliseconds(3800))
    #expect(track.frameCount == 20)
    #expect(track.path.map(\.time) == (0..<20).map { .milliseconds(200 * $0) })
    #expect(abs(track.path[19].box.x - 0.48) < 1e-9)
    #expect(track.bestCrop.size == PictureSize(width: 32, height: 84))
    #expect(track.path.contains(PathPoint(time: track.bestCropTime, box: track.bestCropBox)))
    // A person of one color in a crop of exactly their box has no edges.
    let expected = try Embedding([122, -118, 0], model: "colors")
    #expect(try #require(track.embedding).similarity(to: expected) > 0.999)
    #expect(rehearsal.lane.counters.finishedTracks == 1)
    #expect(rehearsal.lane.counters.embeddedCrops == 4)
  }

  @Test func searchesComeAtTheirRateHoweverFramesShake() throws {
    let rehearsal = Rehearsal()
    var generator = SplitMix64(seed: 5)
    for step in 0..<100 {
      let shake = Double.random(in: -0.01...0.01, using: &generator)
      _ = try rehearsal.show([Rehearsal.person(0.4)], at: max(0, 0.1 * Double(step) + shake))
    }
    #expect(rehearsal.lane.counters.searches == 50)
    #expect(rehearsal.finder.calls == 50)
  }

  @Test func nothingIsSearchedWhileNothingMoves() throws {
    let rehearsal = Rehearsal()
    for step in 0..<100 { _ = try rehearsal.show([], at: 0.1 * Double(step)) }
    #expect(rehearsal.lane.counters.searches == 1)
    #expect(rehearsal.lane.counters.searchesWithoutMotion == 49)
    // After ten seconds it looks all the same.
    _ = try rehearsal.show([], at: 10)
    #expect(rehearsal.lane.counters.searches == 2)
    // A change is seen though it came in a frame between two searches, and noise is not.
    _ = try rehearsal.show([], at: 10.2, gray: 5)
    #expect(rehearsal.lane.counters.searches == 2)
    _ = try rehearsal.show([], at: 10.3, gray: 40)
    _ = try rehearsal.show([], at: 10.4)
    #expect(rehearsal.lane.counters.searches == 3)
  }

  @Test func aMotionFieldCountsBeforeThePicture() throws {
    func field(_ speed: Float, cells: Int) -> MotionField {
      var velocities = [SIMD2<Float>](repeating: .zero, count: 64 * 64)
      for cell in 0..<cells { velocities[2000 + cell] = [0, speed] }
      return MotionField(columns: 64, rows: 64, velocities: velocities, origin: .estimated)
    }
    let rehearsal = Rehearsal()
    _ = try rehearsal.show([], at: 0)
    _ = try rehearsal.show([], at: 0.2, gray: 90, motion: field(1, cells: 4))
    _ = try rehearsal.show([], at: 0.4, gray: 0, motion: field(5, cells: 1))
    #expect(rehearsal.lane.counters.searches == 1)
    _ = try rehearsal.show([], at: 0.6, motion: field(5, cells: 2))
    #expect(rehearsal.lane.counters.searches == 2)
  }

  @Test func whoStandsStillIsFollowedOn() throws {
    let rehearsal = Rehearsal()
    for step in 0..<60 { _ = try rehearsal.show([Rehearsal.person(0.4)], at: 0.1 * Double(step)) }
    #expect(rehearsal.lane.counters.searches == 30)
  }

  @Test func feetDecideWhoCounts() throws {
    var parameters = PeopleLaneParameters()
    // The lower half, without its right third.
    parameters.zones = DetectionZones(
      zones: [try PictureRegion(Box(x: 0, y: 0.5, width: 1, height: 0.5))],
      masks: [try PictureRegion(corners: [[0.7, 0.4], [1, 0.4], [1, 1], [0.7, 1]])])
    let rehearsal = Rehearsal(parameters: parameters)
    let people = [
      Rehearsal.person(0.2, 0.3), Rehearsal.person(0.4, 0.1), Rehearsal.person(0.8, 0.5),
      Rehearsal.person(0.5, 0.7),
    ]
    for step in 0..<10 { _ = try rehearsal.show(people, at: 0.2 * Double(step)) }
    let tracks = try rehearsal.lane.finish()
    #expect(tracks.map { $0.path[0].box.x } == [0.2, 0.5])
    #expect(rehearsal.lane.counters.detectionsOutsideZones == 20)
    #expect(rehearsal.lane.counters.detections == 40)
  }

  @Test func aCrowdIsBoundedAndCounted() throws {
    let rehearsal = Rehearsal()
    let crowd = (0..<250).map { index -> PaintedPerson in
      let (column, row) = (Double(index % 25), Double(index / 25))
      let box = Box(x: 0.04 * column, y: 0.1 * row, width: 0.02, height: 0.08)
      return PaintedPerson(box: box, color: Rehearsal.red, score: index < 200 ? 0.9 : 0.8)
    }
    for step in 0..<5 { _ = try rehearsal.show(crowd, at: 0.2 * Double(step)) }
    let tracks = try rehearsal.lane.finish()
    #expect(tracks.count == 200)
    #expect(rehearsal.lane.counters.droppedDetections == 250)
    #expect(rehearsal.embedder.batches.allSatisfy { (1...32).contains($0) })
    #expect(rehearsal.embedder.batches.reduce(0, +) == rehearsal.lane.counters.embeddedCrops)
  }

  @Test func brokenDetectionsAreCounted() throws {
    let rehearsal = Rehearsal()
    let broken = PaintedPerson(box: Box(x: 0.3, y: 0.3, width: 0, height: 0.1), color: Rehearsal.red)
    for step in 0..<3 { _ = try rehearsal.show([broken, Rehearsal.person(0.6)], at: 0.2 * Double(step)) }
    #expect(rehearsal.lane.counters.refusedDetections == 3)
    #expect(try rehearsal.lane.finish().count == 1)
  }

  @Test func whoReturnsIsTheSameAndSomeoneElseIsNot() throws {
    func tracks(_ second: [UInt8]) throws -> [PersonTrack] {
      let rehearsal = Rehearsal()
      var tracks = try walk(rehearsal)
      for step in 0..<20 { tracks += try rehearsal.show([], at: 3.9 + 0.2 * Double(step)) }
      tracks += try walk(rehearsal, from: 8, color: second, x: 0.2)
      return try tracks + rehearsal.lane.finish()
    }
    let same = try tracks(Rehearsal.red)
    #expect(same.count == 1)
    #expect(same[0].lastSeen == .milliseconds(11800))
    let other = try tracks(Rehearsal.blue)
    #expect(other.map(\.ordinal) == [1, 2])
    #expect(other.map(\.firstSeen) == [.zero, .seconds(8)])
  }

  @Test func withoutAnEmbedderTracksHaveNone() throws {
    let rehearsal = Rehearsal(embeds: false)
    _ = try walk(rehearsal)
    let tracks = try rehearsal.lane.finish()
    #expect(tracks.count == 1)
    #expect(tracks[0].embedding == nil)
  }

  @Test func failuresComeThrough() throws {
    let rehearsal = Rehearsal()
    rehearsal.finder.failure = Failure()
    #expect(throws: Failure.self) { try walk(rehearsal) }
    let short = Rehearsal()
    short.embedder.shortfall = 1
    _ = try walk(short)
    #expect(throws: ReIDError.embeddingCount(found: 3, expected: 4, model: "colors")) {
      try short.lane.finish()
    }
  }

  @Test func anAlertNamesThePeopleInItsBox() throws {
    let rehearsal = Rehearsal()
    for step in 0..<20 {
      _ = try rehearsal.show(
        [
          Rehearsal.person(0.1 + 0.02 * Double(step)), Rehearsal.person(0.8, 0.4, Rehearsal.blue),
        ], at: 0.2 * Double(step))
    }
    let lane = rehearsal.lane
    let (left, right) = (
      Box(x: 0.05, y: 0.3, width: 0.2, height: 0.6), Box(x: 0.75, y: 0.5, width: 0.1, height: 0.1)
    )
    // Both are followed: one walks from 0.1 to 0.48 in 3.8 s, one stands.
    #expect(lane.tracks(in: left, during: .zero ... .seconds(1)) == [1])
    #expect(lane.tracks(in: left, during: .seconds(3) ... .seconds(4)).isEmpty)
    #expect(lane.tracks(in: right, during: .seconds(3) ... .seconds(4)) == [2])
    #expect(lane.tracks(in: .wholePicture, during: .seconds(1) ... .seconds(1)) == [1, 2])
    #expect(lane.tracks(in: .wholePicture, during: .seconds(5) ... .seconds(6)).isEmpty)
    // They can still be asked for after they have ended, until the times start anew.
    _ = try lane.finish()
    #expect(lane.tracks(in: left, during: .zero ... .seconds(1)) == [1])
    _ = try rehearsal.show([], at: 0)
    #expect(lane.tracks(in: left, during: .zero ... .seconds(1)).isEmpty)
  }

  @Test func whoIsNotConfirmedIsNotNamedAndWhoIsLongGoneNeither() throws {
    let rehearsal = Rehearsal(embeds: false)
    for step in 0..<2 { _ = try rehearsal.show([Rehearsal.person(0.4)], at: 0.2 * Double(step)) }
    #expect(rehearsal.lane.tracks(in: .wholePicture, during: .zero ... .seconds(1)).isEmpty)
    _ = try rehearsal.show([Rehearsal.person(0.4)], at: 0.4)
    #expect(rehearsal.lane.tracks(in: .wholePicture, during: .zero ... .seconds(1)) == [1])
    for step in 0..<60 { _ = try rehearsal.show([], at: 1 + Double(step)) }
    #expect(rehearsal.lane.tracks(in: .wholePicture, during: .zero ... .seconds(1)) == [1])
    _ = try rehearsal.show([], at: 61)
    #expect(rehearsal.lane.tracks(in: .wholePicture, during: .zero ... .seconds(1)).isEmpty)
  }

  @Test func whoeverWillBeAskedForIsRememberedForLonger() throws {
    let rehearsal = Rehearsal(embeds: false)
    for step in 0..<3 { _ = try rehearsal.show([Rehearsal.person(0.4)], at: 0.2 * Double(step)) }
    rehearsal.lane.remembersFrom = .seconds(0.1)
    for step in 0..<200 { _ = try rehearsal.show([], at: 1 + Double(step)) }
    #expect(rehearsal.lane.tracks(in: .wholePicture, during: .seconds(0.1) ... .seconds(200)) == [1])
    rehearsal.lane.remembersFrom = nil
    _ = try rehearsal.show([], at: 201)
    #expect(rehearsal.lane.tracks(in: .wholePicture, during: .seconds(0.1) ... .seconds(200)).isEmpty)
  }

  @Test func equalFramesGiveEqualTracksAndOrdinalsGoOn() throws {
    let rehearsal = Rehearsal()
    _ = try walk(rehearsal)
    let first = try rehearsal.lane.finish()
    _ = try walk(rehearsal)
    let second = try rehearsal.lane.finish()
    let other = Rehearsal()
    _ = try walk(other)
    #expect(try other.lane.finish() == first)
    #expect(first.map(\.ordinal) == [1])
    #expect(second.map(\.ordinal) == [2])
    #expect(second.map(\.path) == first.map(\.path))
    #expect(second.map(\.embedding) == first.map(\.embedding))
  }

  @Test(.enabled(if: TestData.has("videos/vtest.avi"))) func cropsComeFromTheFullPictureOfAClip() throws {
    let url = try #require(TestData.url("videos/vtest.avi"))
    let reader = try VideoReader(MediaLocation(url.path))
    let finder = ScriptedFinder()
    let box = Box(x: 0.45, y: 0.3, width: 0.06, height: 0.2)
    finder.detections = [Detection(box: box, score: 0.9)]
    let lane = PeopleLane(finder: finder)
    var pictures: [Duration: ColorPicture] = [:]
    while let frame = try reader.next(), frame.index < 20 {
      pictures[frame.presentationTime] = try frame.colorPicture()
      #expect(try lane.process(frame).isEmpty)
    }
    let track = try #require(try lane.finish().first)
    // 46×115 pixels of 768×576.
    let picture = try #require(pictures[track.bestCropTime])
    #expect(track.bestCrop == picture.scaled(box, to: PictureSize(width: 46, height: 115)))
    #expect(lane.counters.searches == 10)
  }
}
