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
    #expect(fixture.media.names().count == 2)
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func garbageThatIsStillNamedIsKept() throws {
    try fixture.connection().write {
      try $0.execute(sql: "INSERT INTO garbage SELECT snapshot_file FROM alerts")
    }
    _ = try fixture.store()
    #expect(fixture.media.names().count == 2)
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }
}
