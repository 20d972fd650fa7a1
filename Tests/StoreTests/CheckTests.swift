import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct CheckTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture()
    let store = try fixture.store()
    try store.openRun(.replay())
    let camera = try store.addCamera("door", to: "r1")
    try store.save(.example(0, from: 1, to: 2), of: camera, snapshot: .snapshot, heatMap: .heatMap)
    try store.append(
      [RegularitySecond(secondSince1970: 1_795_262_401, minimum: 0, mean: 0, frameCount: 1)], of: camera)
    let track = try store.save(.person(0, from: 2, to: 3), of: camera, crop: .crop, vector: .example(1))
    try store.save(.person(1, from: 2, to: 3), of: camera, vector: .example(2))
    try store.link(tracks: [track], toAlert: 1)
    try store.finishRun("r1", at: .noon(3))
  }

  private func findings(after sql: String) throws -> [Finding.Invariant] {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let connection = try DatabaseQueue(path: fixture.path, configuration: configuration)
    try connection.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
      try database.execute(sql: sql)
    }
    return try AlertStore.check(databaseAt: fixture.path).map(\.invariant)
  }

  @Test func soundDatabaseHasNoFindings() throws {
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test(arguments: [
    ("UPDATE alerts SET regularity = 2", Finding.Invariant.integrity),
    ("UPDATE alerts SET ended_at_ms = 0", .integrity),
    ("DELETE FROM cameras", .references),
    ("CREATE TABLE extra (a)", .schema),
    ("DROP INDEX alerts_by_start", .schema),
    ("ALTER TABLE alerts ADD COLUMN note TEXT", .schema),
    ("UPDATE store SET uuid = '11111111-2222-3333-4444-555555555555'", .mediaFolder),
    ("UPDATE runs SET started_at_ms = started_at_ms + 1500", .values),
    ("UPDATE alerts SET ended_at_ms = NULL", .values),
    ("UPDATE regularity SET second_s = 5", .values),
    ("DELETE FROM store", .values),
    ("DELETE FROM alert_log", .log),
    ("UPDATE tracks SET quality = 2 WHERE id = 2", .integrity),
    ("UPDATE tracks SET path = x'00' WHERE id = 2", .integrity),
    ("UPDATE embeddings SET dimension = 255 WHERE track_id = 2", .integrity),
    ("UPDATE embeddings SET vector = substr(vector, 3) WHERE track_id = 2", .integrity),
    ("DELETE FROM embeddings WHERE track_id = 2; DELETE FROM models", .references),
    ("DELETE FROM tracks WHERE id = 2", .references),
    ("DROP INDEX alerts_of_tracks", .schema),
    ("UPDATE tracks SET first_seen_ms = 0 WHERE id = 2", .values),
    (
      """
      INSERT INTO cameras (name) VALUES ('gate'); INSERT INTO run_cameras (run_number, camera_id) VALUES (1, 2);
      UPDATE tracks SET run_camera_id = 2 WHERE id = 1
      """, .values
    ),
    ("UPDATE embeddings SET vector = zeroblob(512) WHERE track_id = 2", .vectors),
    (
      "UPDATE embeddings SET vector = CAST(x'FF7F' || substr(vector, 3) AS BLOB) WHERE track_id = 2", .vectors
    ),
    ("UPDATE embeddings SET vector = x'003C', dimension = 1 WHERE track_id = 2", .vectors),
    ("UPDATE store SET erasure_is_due = 1", .erasure),
  ])
  func tamperedRowsAreFound(sql: String, invariant: Finding.Invariant) throws {
    let found = try findings(after: sql)
    #expect(found == [invariant])
  }

  @Test func missingFileIsFound() throws {
    unlink(fixture.media.path(of: fixture.media.names()[0]))
    #expect(try AlertStore.check(databaseAt: fixture.path).map(\.invariant) == [.fileMissing])
  }

  @Test func emptyFileIsFound() throws {
    truncate(fixture.media.path(of: fixture.media.names()[1]), 0)
    #expect(try AlertStore.check(databaseAt: fixture.path).map(\.invariant) == [.fileEmpty])
  }

  @Test func unknownFileIsFoundAndLeftAlone() throws {
    let path = fixture.media.path(of: "holiday.jpg")
    try Data("sun".utf8).write(to: URL(filePath: path))
    #expect(try AlertStore.check(databaseAt: fixture.path).map(\.invariant) == [.fileUnknown])
    let store = try fixture.store()
    try store.openRun(.replay())
    try store.finishRun("r1", at: .noon(3))
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func fileThatACrashLeftIsNoFindingAndDeletedAtTheNextStart() throws {
    try fixture.connection().write { try $0.execute(sql: "INSERT INTO garbage VALUES ('r1/left.jpg')") }
    for name in ["r1/left.jpg", "r1/left.jpg.tmp"] {
      try Data("x".utf8).write(to: URL(filePath: fixture.media.path(of: name)))
    }
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
    _ = try fixture.store()
    #expect(fixture.media.names().count == 3)
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func garbageThatIsStillNamedIsKept() throws {
    try fixture.connection().write {
      try $0.execute(sql: "INSERT INTO garbage SELECT snapshot_file FROM alerts")
    }
    _ = try fixture.store()
    #expect(fixture.media.names().count == 3)
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }
}
