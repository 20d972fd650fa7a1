import Foundation
import GRDB
import TestKit
import Testing

@testable import Store

@Suite struct TrackTests {
  let fixture: Fixture
  let store: AlertStore
  let door: RunCamera

  init() throws {
    fixture = try Fixture()
    store = try fixture.store()
    try store.openRun(.replay())
    door = try store.addCamera("door", to: "r1")
  }

  @Test func trackComesBackAsItWasStored() throws {
    let id = try store.save(.person(3, from: 10, to: 20), of: door, crop: .crop, vector: .example(1))
    let track = try store.track(id)
    #expect(track.id == 1)
    #expect(track.camera == "door")
    #expect(track.firstSeen == .noon(10))
    #expect(track.lastSeen == .noon(20))
    #expect(track.bestSeenAt == .noon(15))
    #expect(track.frameCount == 12)
    #expect(track.quality == 0.75)
    #expect(track.box == PictureBox(x: 0.25, y: 0.5, width: 0.125, height: 0.25))
    #expect(track.runID == "r1")
    #expect(track.model == "model-a")
    #expect(try Data(contentsOf: URL(filePath: #require(track.crop))) == Picture.crop.data)
    let vector = try #require(try store.vector(ofTrack: id))
    #expect(vector.track == id)
    #expect(vector.modelHash == "model-a")
    #expect(vector.halves == TrackVector.example(1).halves)
    let path = try store.path(ofTrack: id)
    #expect(path.map(\.seenAt) == [.noon(10), .noon(20)])
    #expect(path.map(\.box.x) == [0, 1])
    #expect(abs(path[0].box.y - 0.5) <= 0.5 / 65_535)
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func trackNeedsNeitherCropNorVector() throws {
    let id = try store.save(.person(0), of: door)
    #expect(try store.track(id).crop == nil)
    #expect(try store.track(id).model == nil)
    #expect(try store.vector(ofTrack: id) == nil)
    #expect(throws: StoreError.noCrop(id: id)) {
      try store.copyCrop(of: store.track(id), to: fixture.folder + "/crop.jpg")
    }
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func whatIsNotThereIsNamed() throws {
    #expect(throws: StoreError.noSuchTrack(id: 7)) { try store.track(7) }
    #expect(throws: StoreError.noSuchTrack(id: 7)) { try store.path(ofTrack: 7) }
    #expect(throws: StoreError.noSuchTrack(id: 7)) { try store.vector(ofTrack: 7) }
    #expect(throws: StoreError.noSuchAlert(id: 7)) { try store.link(tracks: [], toAlert: 7) }
  }

  /// Vectors as they lie in the file: two bytes a number, the lower one first.
  @Test func vectorIsLittleEndian() throws {
    let vector = TrackVector(
      model: ModelDescription(hash: "h", name: "n", path: "p"), halves: [0x3800, 0x3AEE])
    let id = try store.save(.person(0), of: door, vector: vector)
    let bytes = try fixture.connection().read {
      try Data.fetchOne($0, sql: "SELECT vector FROM embeddings WHERE track_id = ?", arguments: [id])
    }
    #expect(bytes == Data([0x00, 0x38, 0xEE, 0x3A]))
  }

  @Test func pathHasTwelveBytesAPoint() throws {
    let box = PictureBox(x: 1, y: -0.5, width: 1.5, height: 0.5)
    let data = try TrackPath.encoded([TrackPoint(seenAt: .noon(66), box: box)], since: .noon)
    #expect(data == Data([0xD0, 0x01, 0x01, 0x00, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0x00, 0x80]))
    #expect(TrackPath.decoded(data, since: .noon).map(\.seenAt) == [.noon(66)])
    #expect(throws: StoreError.self) {
      try TrackPath.encoded([TrackPoint(seenAt: .noon(-1), box: .wholePicture)], since: .noon)
    }
  }

  @Test(arguments: UInt64(1)...20) func anyPathComesBack(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func fraction() -> Double { Double(random.float()) }
    let points = (0..<Int.random(in: 0...50, using: &random)).map { index in
      TrackPoint(
        seenAt: .noon + .milliseconds(index * 400),
        box: PictureBox(x: fraction(), y: fraction(), width: fraction(), height: fraction()))
    }
    let back = TrackPath.decoded(try TrackPath.encoded(points, since: .noon), since: .noon)
    #expect(back.map(\.seenAt) == points.map(\.seenAt))
    for (one, other) in zip(back, points) {
      for edge in [\PictureBox.x, \.y, \.width, \.height] {
        #expect(abs(one.box[keyPath: edge] - other.box[keyPath: edge]) <= 0.5001 / 65_535)
      }
    }
  }

  @Test func impossibleTracksAreRefusedAndLeaveNothing() throws {
    let bad: [(inout TrackObservation) -> Void] = [
      { $0.quality = 1.5 }, { $0.quality = .nan }, { $0.frameCount = 0 }, { $0.ordinal = -1 },
      { $0.lastSeen = .noon(0) }, { $0.bestSeenAt = .noon(9) }, { $0.box.width = 0.9 },
      { $0.path[0].seenAt = .noon(-1) },
    ]
    for change in bad {
      var track = TrackObservation.person(0)
      change(&track)
      let error = #expect(throws: StoreError.self) {
        try store.save(track, of: door, crop: .crop, vector: .example(1))
      }
      guard case .invalidValue = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    var empty = TrackVector.example(1)
    empty.halves = []
    #expect(throws: StoreError.self) { try store.save(.person(0), of: door, crop: .crop, vector: empty) }
    #expect(try store.tracks() == [])
    #expect(fixture.media.names() == [])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  // MARK: - Queries

  @Test func queriesNarrow() throws {
    let gate = try store.addCamera("gate", to: "r1")
    try store.save(.person(0, from: 10, to: 12), of: door, vector: .example(1))
    try store.save(.person(0, from: 5, to: 30), of: gate, vector: .example(2))
    try store.save(.person(1, from: 20, to: 22), of: door)
    try store.save(.person(2, from: 40, to: 42), of: door, vector: .example(3))
    func ids(_ query: TrackQuery) throws -> [Int64] { try store.tracks(query).map(\.id) }
    func vectors(_ query: TrackQuery) throws -> [Int64] {
      var ids: [Int64] = []
      try store.forEachVector(query) { ids.append($0.track) }
      return ids
    }
    #expect(try ids(TrackQuery()) == [4, 2, 3, 1])
    #expect(try vectors(TrackQuery()) == [1, 2, 4])
    #expect(try ids(TrackQuery(since: .noon(22))) == [4, 2, 3])
    #expect(try vectors(TrackQuery(since: .noon(22))) == [2, 4])
    #expect(try ids(TrackQuery(since: .noon(22.001))) == [4, 2])
    #expect(try ids(TrackQuery(camera: "door")) == [4, 3, 1])
    #expect(try vectors(TrackQuery(camera: "door")) == [1, 4])
    #expect(try vectors(TrackQuery(since: .noon(13), camera: "door")) == [4])
    #expect(try ids(TrackQuery(camera: "' OR 1 --")) == [])
    #expect(try ids(TrackQuery(runID: "r2")) == [])
    #expect(try ids(TrackQuery(limit: 2)) == [4, 2])
    #expect(try ids(TrackQuery(limit: 0)) == [])
  }

  @Test func alertNamesThePeopleInItsBox() throws {
    let alert = try store.save(.example(0, from: 1, to: 2), of: door)
    let first = try store.save(.person(0), of: door)
    let second = try store.save(.person(1), of: door)
    try store.link(tracks: [second], toAlert: alert)
    try store.link(tracks: [second, first, 99], toAlert: alert)
    #expect(try store.tracks(inAlert: alert).map(\.id) == [first, second])
    #expect(try store.tracks(inAlert: 99) == [])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  // MARK: - Replays and crashes

  private static let tables = [
    "models", "run_cameras", "alerts", "tracks", "embeddings", "alert_tracks", "garbage",
  ]

  private func replay(_ fixture: Fixture, tracks: Int, quality: Double = 0.75) throws {
    let store = try fixture.store()
    try store.openRun(.replay())
    let door = try store.addCamera("door", to: "r1")
    let alert = try store.save(.example(0, from: 1, to: 2), of: door, snapshot: .snapshot)
    for ordinal in 0..<tracks {
      var track = TrackObservation.person(ordinal)
      track.quality = quality
      let id = try store.save(track, of: door, crop: .crop, vector: .example(UInt64(ordinal)))
      if ordinal % 2 == 0 { try store.link(tracks: [id], toAlert: alert) }
    }
    try store.finishRun("r1", at: .noon(30))
  }

  @Test func replayingAgainGivesTheSameRows() throws {
    let first = try Fixture()
    try replay(first, tracks: 4)
    let rows = try Self.tables.map(first.rows)
    let files = first.media.names()
    try replay(first, tracks: 4)
    #expect(try Self.tables.map(first.rows) == rows)
    #expect(first.media.names() == files)
    let second = try Fixture()
    try replay(second, tracks: 4)
    #expect(try Self.tables.map(second.rows) == rows)
    #expect(second.media.names() == files)
    #expect(try AlertStore.check(databaseAt: first.path) == [])
  }

  @Test func whatIsNotSeenAgainIsDeletedWithItsFiles() throws {
    let replayed = try Fixture()
    try replay(replayed, tracks: 4)
    try replay(replayed, tracks: 2, quality: 0.5)
    let store = try replayed.store()
    #expect(try store.tracks().map(\.id) == [2, 1])
    #expect(try store.tracks().map(\.quality) == [0.5, 0.5])
    #expect(try replayed.rows("embeddings").count == 2)
    #expect(try store.tracks(inAlert: 1).map(\.id) == [1])
    #expect(replayed.media.names().count == 3)
    #expect(try AlertStore.check(databaseAt: replayed.path) == [])
  }

  @Test func anotherCropReplacesTheOldOne() throws {
    try store.save(.person(0, from: 1, to: 2), of: door, crop: .crop, vector: .example(1))
    let before = try store.track(1)
    try store.save(
      .person(0, from: 1, to: 4), of: door, crop: Picture(Data("new".utf8), format: .jpeg),
      vector: .example(2))
    let after = try store.track(1)
    #expect(after.crop != before.crop)
    #expect(try !FileManager.default.fileExists(atPath: #require(before.crop)))
    #expect(try Data(contentsOf: URL(filePath: #require(after.crop))) == Data("new".utf8))
    #expect(try store.vector(ofTrack: 1)?.halves == TrackVector.example(2).halves)
    #expect(try fixture.rows("garbage") == [])
    try store.save(.person(0, from: 1, to: 4), of: door)
    #expect(try store.track(1).crop == nil)
    #expect(try store.vector(ofTrack: 1) == nil)
    #expect(fixture.media.names() == [])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func runOfADeadProgramEndsWithItsLastPerson() throws {
    let other = try Fixture()
    do {
      let dying = try other.store()
      try dying.openRun(.live("dead"))
      try dying.save(.person(0, from: 2, to: 9), of: dying.addCamera("door", to: "dead"))
    }
    let next = try other.store()
    try next.openRun(.live("next"))
    let ended = try other.connection().read {
      try Int64.fetchOne($0, sql: "SELECT ended_at_ms FROM runs WHERE id = 'dead'")
    }
    #expect(ended == Timestamp.noon(9).millisecondsSince1970)
    #expect(try next.tracks().count == 1)
    #expect(try AlertStore.check(databaseAt: other.path) == [])
  }
}
