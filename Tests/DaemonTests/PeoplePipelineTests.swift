import Daemon
import Decode
import Foundation
import GRDB
import ReID
import Store
import TestKit
import Testing

/// Takes the white block of `SyntheticFootage` for a person.
private struct BlockFinder: PersonFinding {
  func people(in picture: ColorPicture) throws -> [Detection] {
    let bright = picture.pixels.indices.filter { $0 % 3 == 0 && picture.pixels[$0] > 200 }.map { $0 / 3 }
    let columns = bright.map { $0 % picture.size.width }
    let rows = bright.map { $0 / picture.size.width }
    guard let left = columns.min(), let right = columns.max(), let top = rows.min(), let bottom = rows.max()
    else { return [] }
    let (width, height) = (Double(picture.size.width), Double(picture.size.height))
    let box = Box(
      x: Double(left) / width, y: Double(top) / height, width: Double(right + 1 - left) / width,
      height: Double(bottom + 1 - top) / height)
    return [Detection(box: box, score: 0.9)]
  }
}

/// Everybody looks the same.
private struct PlainEmbedder: PersonEmbedding {
  let modelDigest = "plain"

  func embeddings(of crops: [ColorPicture]) throws -> [Embedding] {
    try crops.map { _ in try Embedding([3, 4], model: modelDigest) }
  }
}

@Suite struct PeoplePipelineTests {
  private let startedAt = Timestamp(millisecondsSince1970: 1_767_323_045_500)
  private let people = PeopleModel(
    finder: BlockFinder(), embedder: PlainEmbedder(),
    description: ModelDescription(hash: "plain", name: "plain", path: "plain.safetensors"), identity: "blocks"
  )

  private struct Rows: Equatable {
    let alerts: [Alert]
    let tracks: [Store.Track]
    let paths: [[TrackPoint]]
    let crops: [Data]
    let vectors: [StoredVector?]
  }

  private func replay(
    _ frames: [Frame], into store: AlertStore, model: CameraModel?
  ) throws -> Rows {
    try store.openRun(
      Run(id: "replay", kind: .replay, startedAt: startedAt, programVersion: "test", clipDigest: "x"))
    let camera = try store.addCamera("gate", to: "replay", model: model?.description)
    let pipeline = try CameraPipeline(
      camera: camera, store: store, model: model, people: people, startedAt: startedAt)
    for frame in frames { try pipeline.process(frame) }
    try pipeline.finish()
    try store.finishRun("replay", at: startedAt + .seconds(60))
    let tracks = try store.tracks()
    return Rows(
      alerts: try store.alerts().alerts, tracks: tracks,
      paths: try tracks.map { try store.path(ofTrack: $0.id) },
      crops: try tracks.compactMap(\.crop).map { try Data(contentsOf: URL(filePath: $0)) },
      vectors: try tracks.map { try store.vector(ofTrack: $0.id) })
  }

  private func newStore(_ folder: TemporaryFolder) throws -> AlertStore {
    try AlertStore(openingAt: folder.url.appending(path: "alerts.sqlite"), mode: .readWrite)
  }

  @Test func whoeverStandsInAnAlertIsStoredAndNamed() throws {
    let folder = try TemporaryFolder()
    let frames = try SyntheticFootage(seed: 1).frames(90, irregular: 40..<60)
    let rows = try replay(frames, into: try newStore(folder), model: .wall())
    #expect(rows.tracks.count == 1)
    let track = try #require(rows.tracks.first)
    // The block is there from 4.0 s to 5.9 s, and is looked for five times a second.
    #expect(track.firstSeen >= startedAt + .seconds(4) && track.firstSeen <= startedAt + .seconds(4.3))
    #expect(track.lastSeen >= startedAt + .seconds(5.6) && track.lastSeen <= startedAt + .seconds(5.9))
    #expect((8...11).contains(track.frameCount))
    // It wanders to the right at one height.
    let path = try #require(rows.paths.first)
    #expect(path.count > 5)
    #expect(zip(path, path.dropFirst()).allSatisfy { $0.box.x < $1.box.x && abs($0.box.y - $1.box.y) < 0.05 })
    // Its crop is white, and its vector that of the embedder.
    let crop = try ColorPicture(contentsOf: URL(filePath: try #require(track.crop)))
    #expect(crop.pixels.count { $0 > 200 } > crop.pixels.count * 8 / 10)
    let vector = try #require(rows.vectors.first ?? nil)
    #expect(vector.modelHash == "plain" && vector.halves.map(Float16.init(bitPattern:)) == [0.6, 0.8])
    #expect(rows.alerts.map(\.tracks) == [[track.id]])
  }

  @Test func anAlertNamesItsPeopleThoughTheClockWasCorrectedMeanwhile() throws {
    let folder = try TemporaryFolder()
    let store = try newStore(folder)
    try store.openRun(Run(id: "live", kind: .live, startedAt: startedAt, programVersion: "test"))
    let model = try CameraModel.wall()
    let pipeline = try CameraPipeline(
      camera: try store.addCamera("gate", to: "live", model: model.description), store: store, model: model,
      people: people, startedAt: startedAt)
    for frame in try SyntheticFootage(seed: 1).frames(90, irregular: 40..<60) {
      // The alert has been raised by then, and lasts.
      if frame.index == 57 { pipeline.rebase(to: startedAt + .seconds(-100)) }
      try pipeline.process(frame)
    }
    try pipeline.finish()
    #expect(try store.alerts().alerts.map(\.tracks) == [store.tracks().map(\.id)])
    #expect(try store.tracks().count == 1)
  }

  @Test func aLockedDatabaseAtTheEndIsSaidAndNothingIsLost() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "alerts.sqlite").path
    let store = try AlertStore(openingAt: path, mode: .readWrite, busyTimeout: .milliseconds(1))
    try store.openRun(
      Run(id: "replay", kind: .replay, startedAt: startedAt, programVersion: "test", clipDigest: "x"))
    let camera = try store.addCamera("gate", to: "replay", model: nil)
    let pipeline = try CameraPipeline(
      camera: camera, store: store, model: nil, people: people, startedAt: startedAt)
    for frame in try SyntheticFootage(seed: 1).frames(60, irregular: 40..<60) { try pipeline.process(frame) }
    let other = try DatabaseQueue(path: path)
    try other.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      #expect(throws: StoreError.locked(path: path)) { try pipeline.finish() }
      try database.execute(sql: "COMMIT")
    }
    #expect(try store.tracks().isEmpty)
    try pipeline.finish()
    #expect(try store.tracks().count == 1)
  }

  @Test func nobodyIsFollowedWhereNobodyIs() throws {
    let folder = try TemporaryFolder()
    let rows = try replay(
      try SyntheticFootage(seed: 2).frames(60), into: try newStore(folder), model: .wall())
    #expect(rows.tracks.isEmpty && rows.alerts.isEmpty)
  }

  @Test func peopleAreFollowedWhereNothingIsScored() throws {
    let folder = try TemporaryFolder()
    let frames = try SyntheticFootage(seed: 3).frames(90, irregular: 40..<60)
    let rows = try replay(frames, into: try newStore(folder), model: nil)
    #expect(rows.tracks.count == 1 && rows.alerts.isEmpty)
  }

  @Test func replayingTwiceGivesTheSameRowsBitForBit() throws {
    let folder = try TemporaryFolder()
    let frames = try SyntheticFootage(seed: 4).frames(120, irregular: 30..<50)
    let store = try newStore(folder)
    let first = try replay(frames, into: store, model: .wall())
    #expect(first.tracks.count == 1)
    #expect(try replay(frames, into: store, model: .wall()) == first)
  }

  @Test func aNewSegmentEndsTracksAndGoesOnCounting() throws {
    let folder = try TemporaryFolder()
    let store = try newStore(folder)
    try store.openRun(Run(id: "live", kind: .live, startedAt: startedAt, programVersion: "test"))
    let pipeline = try CameraPipeline(
      camera: try store.addCamera("gate", to: "live"), store: store, model: nil, people: people,
      startedAt: startedAt)
    let frames = try SyntheticFootage(seed: 5).frames(60, irregular: 30..<60)
    for segment in 0..<2 {
      try pipeline.begin(at: startedAt + .seconds(100 * segment))
      for frame in frames { try pipeline.process(frame) }
    }
    try pipeline.finish()
    let tracks = try store.tracks()
    #expect(tracks.count == 2)
    #expect(tracks.map(\.firstSeen).max() ?? startedAt >= startedAt + .seconds(103))
    #expect(tracks.map(\.lastSeen).min() ?? startedAt <= startedAt + .seconds(6))
  }
}
