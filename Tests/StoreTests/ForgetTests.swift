import Foundation
import GRDB
import TestKit
import Testing

@testable import Store

@Suite struct ForgetTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  /// Bytes by which a person would be found again.
  private struct Trace {
    let name: String
    let bytes: Data

    /// Pieces of the vector, since a row may lie in two pages.
    static func vector(_ seed: UInt64) -> [Trace] {
      let bytes = TrackVector.example(seed).halves.littleEndianBytes
      return stride(from: 0, to: bytes.count, by: 64).map {
        Trace(name: "vector \(seed) at \($0)", bytes: bytes.subdata(in: $0..<$0 + 16))
      }
    }
  }

  /// Every file beside the database and in its media folder that holds a trace.
  private func places(of traces: [Trace]) throws -> Set<String> {
    var places: Set<String> = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: fixture.folder) {
      guard let data = FileManager.default.contents(atPath: "\(fixture.folder)/\(name)") else { continue }
      for trace in traces where data.firstRange(of: trace.bytes) != nil {
        places.insert("\(trace.name) in \(name)")
      }
    }
    return places
  }

  private func crop(_ number: Int) -> Picture {
    Picture(Data("the picture of person \(number)!".utf8), format: .jpeg)
  }

  private func traces(of number: Int) -> [Trace] {
    Trace.vector(UInt64(number)) + [Trace(name: "crop \(number)", bytes: crop(number).data)]
  }

  /// So many people at the door, each for a second, of whom each is also in an alert.
  private func fill(_ store: AlertStore, people: Int) throws {
    try store.openRun(.live())
    let door = try store.addCamera("door", to: "l1")
    for number in 0..<people {
      let start = Double(10 * number)
      let alert = try store.save(
        .example(number, from: start, to: start + 1), of: door, snapshot: crop(number), heatMap: crop(number))
      let track = try store.save(
        .person(number, from: start, to: start + 1), of: door, crop: crop(number),
        vector: .example(UInt64(number)))
      try store.link(tracks: [track], toAlert: alert)
    }
  }

  @Test func nothingIsLeftInAnyFile() throws {
    let store = try fixture.store()
    try fill(store, people: 60)
    let gone = [4, 5, 17, 59]
    for number in gone {
      #expect(try !places(of: traces(of: number)).isEmpty, "there is something to be forgotten")
    }
    let forgotten = try store.forgetTracks(Set(gone.map { Int64($0 + 1) }))
    #expect(forgotten == Forgotten(tracks: 4, crops: 4, alertPictures: 8))
    for number in gone { #expect(try places(of: traces(of: number)) == []) }
    #expect(try !places(of: traces(of: 6)).isEmpty, "the others stay")
    #expect(try store.tracks().count == 56)
    #expect(try store.alerts().alerts.count == 60)
    #expect(
      try store.alerts().alerts.filter { $0.snapshot == nil && $0.heatMap == nil }.map(\.id) == [
        60, 18, 6, 5,
      ])
    #expect(throws: StoreError.noSuchTrack(id: 5)) { try store.track(5) }
    #expect(try store.tracks(inAlert: 5) == [])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  /// Rows that came and went in any order have been moved between pages, where overwriting in place leaves copies.
  @Test(arguments: UInt64(1)...4) func nothingIsLeftWherePagesWereRearranged(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let store = try fixture.store()
    try store.openRun(.live())
    let door = try store.addCamera("door", to: "l1")
    var alive: [Int64: Int] = [:]
    var gone: [Int] = []
    for number in 0..<150 {
      var track = TrackObservation.person(number, from: 1, to: 1000)
      track.path = (0..<Int.random(in: 0...80, using: &random)).map {
        TrackPoint(seenAt: .noon(Double($0 + 1)), box: .wholePicture)
      }
      alive[try store.save(track, of: door, vector: .example(UInt64(number)))] = number
      if number % 25 == 24 {
        let ids = Set(alive.keys.sorted().shuffled(using: &random).prefix(10))
        try store.forgetTracks(ids)
        for id in ids { gone += [alive.removeValue(forKey: id)].compactMap(\.self) }
      }
    }
    let traces = gone.flatMap { Trace.vector(UInt64($0)) }
    #expect(gone.count == 60)
    #expect(try places(of: traces) == [])
    #expect(try store.tracks().count == 90)
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func picturesOfTheSameCameraAtTheSameTimeGoToo() throws {
    let store = try fixture.store()
    try store.openRun(.live())
    let door = try store.addCamera("door", to: "l1")
    let gate = try store.addCamera("gate", to: "l1")
    for (ordinal, start) in [5, 7, 25, 33].enumerated() {
      try store.save(.example(ordinal, from: Double(start), to: Double(start)), of: door, snapshot: .snapshot)
      try store.save(.example(ordinal, from: Double(start), to: Double(start)), of: gate, snapshot: .snapshot)
    }
    try store.save(.person(0, from: 8, to: 30), of: door)
    // The same footage in another run, which followed nobody.
    try store.finishRun("l1", at: .noon(60))
    try store.openRun(.live("l2"))
    let doorAgain = try store.addCamera("door", to: "l2")
    try store.save(.example(0, from: 12, to: 12), of: doorAgain, snapshot: .snapshot)
    #expect(try store.forgetTracks([1]).alertPictures == 3)
    // At 7 s, a second before the person was noticed, at 12 s and at 25 s.
    let without = try store.alerts().alerts.filter { $0.snapshot == nil }
    #expect(without.map(\.camera) == ["door", "door", "door"])
    #expect(without.map(\.peakedAt) == [.noon(25), .noon(12), .noon(7)])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func unknownTracksChangeNothing() throws {
    let store = try fixture.store()
    try fill(store, people: 2)
    #expect(throws: StoreError.noSuchTrack(id: 9)) { try store.forgetTracks([1, 9]) }
    #expect(try store.tracks().count == 2)
    #expect(try store.forgetTracks([]) == Forgotten())
  }

  /// A reader in another program keeps the log from being cut off.
  @Test func aReaderThatIsInTheWayIsReportedAndTheRestDoneLater() throws {
    let store = try fixture.store()
    try fill(store, people: 5)
    let reader = try fixture.connection()
    try reader.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN; SELECT count(*) FROM tracks")
      let error = #expect(throws: StoreError.self) { try store.forgetTracks([3]) }
      guard case .notErased(fixture.path, "another program is using it.") = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try store.tracks().map(\.id) == [5, 4, 2, 1])
      #expect(try !places(of: Trace.vector(2)).isEmpty)
      #expect(try AlertStore.check(databaseAt: fixture.path).map(\.invariant) == [.erasure])
      // Who opens the database meanwhile is not kept from it.
      #expect(try fixture.store().tracks().count == 4)
      #expect(try AlertStore.check(databaseAt: fixture.path).map(\.invariant) == [.erasure])
      try database.execute(sql: "COMMIT")
    }
    _ = try fixture.store()
    #expect(try places(of: traces(of: 2)) == [])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  /// The program dies after the rows are gone and before their bytes are.
  @Test func anErasureThatWasInterruptedIsFinishedAtTheNextStart() throws {
    do { try fill(fixture.store(), people: 5) }
    // What the transaction alone would leave, on a connection that does not overwrite.
    try fixture.connection().write { database in
      try database.execute(
        sql: """
          PRAGMA secure_delete = OFF;
          UPDATE store SET erasure_is_due = 1;
          INSERT INTO garbage SELECT crop_file FROM tracks WHERE id = 3;
          INSERT INTO garbage SELECT snapshot_file FROM alerts WHERE id = 3;
          INSERT INTO garbage SELECT heat_map_file FROM alerts WHERE id = 3;
          UPDATE alerts SET snapshot_file = NULL, heat_map_file = NULL WHERE id = 3;
          DELETE FROM tracks WHERE id = 3;
          """)
    }
    #expect(try !places(of: traces(of: 2)).isEmpty)
    _ = try fixture.store()
    #expect(try places(of: traces(of: 2)) == [])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func backupsForgetToo() throws {
    do { try fill(fixture.store(), people: 30) }
    let next = Schema(
      version: Schema.current.version + 1,
      sql: Schema.current.sql + "\nCREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;",
      steps: [Schema.current.version: "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;"])
    // Not a database, and not to be touched.
    let note = fixture.path + ".schema-3.backup-of-mine.backup"
    try Data("precious".utf8).write(to: URL(filePath: note))
    let store = try fixture.store(schema: next)
    let backup = fixture.path + ".schema-3.backup"
    #expect(try places(of: Trace.vector(7)).contains { $0.hasSuffix("alerts.db.schema-3.backup") })
    try store.forgetTracks([8, 9])
    #expect(try places(of: traces(of: 7) + traces(of: 8)) == [])
    #expect(try Data(contentsOf: URL(filePath: note)) == Data("precious".utf8))
    let kept = try DatabaseQueue(path: backup)
    #expect(try kept.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM tracks") } == 28)
    #expect(try kept.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
  }
}
