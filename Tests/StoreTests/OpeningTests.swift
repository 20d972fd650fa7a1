import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct OpeningTests {
  let fixture: Fixture
  var path: String { fixture.path }

  init() throws { fixture = try Fixture() }

  /// A closed database with one alert in it.
  private func makeDatabase() throws {
    let store = try fixture.store()
    try store.openRun(.replay())
    try store.save(.example(0, from: 1, to: 2), of: store.addCamera("door", to: "r1"), snapshot: .snapshot)
    try store.finishRun("r1", at: .noon(3))
  }

  private func overwrite(at offset: UInt64, with data: Data) throws {
    let file = try FileHandle(forUpdating: URL(filePath: path))
    try file.seek(toOffset: offset)
    try file.write(contentsOf: data)
    try file.close()
  }

  @Test func missingDatabaseIsCreatedOnlyWhenAsked() throws {
    #expect(throws: StoreError.missing(path: path)) { try fixture.store(.readOnly) }
    #expect(throws: StoreError.missing(path: path)) { try fixture.store(.readWriteExisting) }
    #expect(throws: StoreError.missing(path: path)) { try AlertStore.check(databaseAt: path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder) == [])
    #expect(try fixture.store(.readWrite).alerts().alerts == [])
    #expect(try fixture.store(.readOnly).alerts().alerts == [])
  }

  @Test func folderIsNoDatabase() throws {
    #expect(throws: StoreError.isDirectory(path: fixture.folder)) {
      try AlertStore(openingAt: fixture.folder, mode: .readWrite)
    }
  }

  @Test(arguments: [AlertStore.Mode.readOnly, .readWrite, .readWriteExisting])
  func foreignFileIsRefusedAndLeftAlone(mode: AlertStore.Mode) throws {
    let text = Data(String(repeating: "not a database ", count: 100).utf8)
    try text.write(to: URL(filePath: path))
    let error = #expect(throws: StoreError.self) { try fixture.store(mode) }
    guard case .notADatabase = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == text)
  }

  @Test(arguments: [AlertStore.Mode.readOnly, .readWrite])
  func databaseOfAnotherProgramIsRefusedAndLeftAlone(mode: AlertStore.Mode) throws {
    try fixture.connection().write { try $0.execute(sql: "CREATE TABLE music (title TEXT)") }
    let before = try Data(contentsOf: URL(filePath: path))
    #expect(throws: StoreError.notADatabase(path: path, reason: "another program made it")) {
      try fixture.store(mode)
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  @Test func emptyFileIsFilledOnlyForWriting() throws {
    try Data().write(to: URL(filePath: path))
    #expect(throws: StoreError.notADatabase(path: path, reason: "it is empty")) {
      try fixture.store(.readOnly)
    }
    #expect(throws: StoreError.missing(path: path)) { try fixture.store(.readWriteExisting) }
    #expect(try fixture.store(.readWrite).alerts().alerts == [])
  }

  @Test(arguments: [AlertStore.Mode.readOnly, .readWrite, .readWriteExisting])
  func newerSchemaIsRefusedAndLeftAlone(mode: AlertStore.Mode) throws {
    try makeDatabase()
    try fixture.connection().write { try $0.execute(sql: "PRAGMA user_version = 999") }
    let before = try Data(contentsOf: URL(filePath: path))
    #expect(throws: StoreError.newerSchema(path: path, found: 999, known: Schema.current.version)) {
      try fixture.store(mode)
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder)
    #expect(!names.contains { $0.hasSuffix(".backup") })
  }

  @Test func damageIsReported() throws {
    try makeDatabase()
    let size = try Data(contentsOf: URL(filePath: path)).count
    try overwrite(at: UInt64(size - 4096), with: Data(repeating: 0xFF, count: 4096))
    #expect(try AlertStore.check(databaseAt: path).first?.invariant == .integrity)
    try overwrite(at: 4096, with: Data(repeating: 0xFF, count: size - 4096))
    let error = #expect(throws: StoreError.self) { try fixture.store(.readOnly).alerts() }
    guard case .damaged = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func truncatedDatabaseIsReported() throws {
    try makeDatabase()
    let whole = try Data(contentsOf: URL(filePath: path))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
    let error = #expect(throws: StoreError.self) {
      let findings = try AlertStore.check(databaseAt: path)
      if findings.contains(where: { $0.invariant == .integrity }) {
        throw StoreError.damaged(path: path, detail: "found by the check")
      }
    }
    guard case .damaged = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func lockedDatabaseSaysTryAgain() throws {
    try makeDatabase()
    let store = try fixture.store()
    let other = try fixture.connection()
    try other.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      #expect(throws: StoreError.locked(path: path)) { try store.mark(1, isTrue: false) }
      #expect(try store.alerts().alerts.map(\.mark) == [nil])
      try database.execute(sql: "COMMIT")
    }
    try store.mark(1, isTrue: false)
  }

  @Test func exclusivelyLockedDatabaseSaysTryAgainToReadersToo() throws {
    try makeDatabase()
    let other = try fixture.connection()
    try other.writeWithoutTransaction { database in
      try database.execute(
        sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; INSERT INTO cameras (name) VALUES ('x')")
      for mode in [AlertStore.Mode.readOnly, .readWrite] {
        #expect(throws: StoreError.locked(path: path)) { try fixture.store(mode) }
      }
      try database.execute(sql: "ROLLBACK")
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everything"))
  func readOnlyFileIsReadButNotWritten() throws {
    try makeDatabase()
    chmod(path, 0o444)
    #expect(throws: StoreError.readOnly(path: path)) { try fixture.store() }
    #expect(try fixture.store(.readOnly).alerts().alerts.count == 1)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everything"))
  func readOnlyFolderIsReadButNotWritten() throws {
    try makeDatabase()
    chmod(fixture.folder, 0o555)
    defer { chmod(fixture.folder, 0o755) }
    #expect(throws: StoreError.self) { try fixture.store() }
    #expect(try fixture.store(.readOnly).alerts().alerts.count == 1)
  }

  // MARK: - Media folder

  @Test func folderOfAnotherDatabaseIsRefused() throws {
    try makeDatabase()
    try Data("11111111-2222-3333-4444-555555555555\n".utf8).write(
      to: URL(filePath: fixture.media.path + "/uuid"))
    for mode in [AlertStore.Mode.readOnly, .readWrite] {
      let error = #expect(throws: StoreError.self) { try fixture.store(mode) }
      guard case .mediaMismatch = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    #expect(try AlertStore.check(databaseAt: path).map(\.invariant) == [.mediaFolder])
  }

  @Test func lostDatabaseIsNotReplacedByAnEmptyOne() throws {
    try makeDatabase()
    let names = fixture.media.names()
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    let error = #expect(throws: StoreError.self) { try fixture.store() }
    guard case .mediaMismatch = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(fixture.media.names() == names)
  }

  @Test func anEmptyFileInPlaceOfTheDatabaseIsNotFilled() throws {
    try makeDatabase()
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    try Data().write(to: URL(filePath: path))
    let error = #expect(throws: StoreError.self) { try fixture.store() }
    guard case .mediaMismatch = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try Data(contentsOf: URL(filePath: path)).isEmpty)
  }

  /// A database that is refused for its folder is refused as it is.
  @Test(arguments: [true, false]) func aDatabaseWithoutItsFolderIsNotMigrated(isFolderMissing: Bool) throws {
    try makeDatabase()
    if isFolderMissing {
      try FileManager.default.removeItem(atPath: fixture.media.path)
    } else {
      try Data("11111111-2222-3333-4444-555555555555\n".utf8).write(
        to: URL(filePath: fixture.media.path + "/uuid"))
    }
    let error = #expect(throws: StoreError.self) { try fixture.store(schema: Self.next) }
    guard case .mediaMismatch = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let version = try fixture.connection().read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
    #expect(version == Schema.current.version)
    #expect(!FileManager.default.fileExists(atPath: "\(path).schema-\(Schema.current.version).backup"))
  }

  @Test func lostFolderIsReplacedOnlyByAnEmptyOneThatAPersonCreated() throws {
    try makeDatabase()
    try FileManager.default.removeItem(atPath: fixture.media.path)
    #expect(throws: StoreError.self) { try fixture.store() }
    #expect(throws: StoreError.self) { try fixture.store(.readOnly) }
    mkdir(fixture.media.path, 0o755)
    #expect(try fixture.store().alerts().alerts.count == 1)
    #expect(try AlertStore.check(databaseAt: path).map(\.invariant) == [.fileMissing])
  }

  // MARK: - Migrations

  private static let next = Schema(
    version: Schema.current.version + 1,
    sql: Schema.current.sql + "\nCREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;",
    steps: [Schema.current.version: "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;"])

  @Test func migrationKeepsEverythingAndABackup() throws {
    try makeDatabase()
    let alerts = try fixture.store(.readOnly).alerts()
    #expect(
      throws: StoreError.olderSchema(path: path, found: Schema.current.version, known: Self.next.version)
    ) {
      try fixture.store(.readOnly, schema: Self.next)
    }
    #expect(try fixture.store(schema: Self.next).alerts() == alerts)
    #expect(try fixture.rows("later") == [])
    #expect(throws: StoreError.self) { try fixture.store() }

    let backup = "\(path).schema-\(Schema.current.version).backup"
    let kept = try DatabaseQueue(path: backup)
    #expect(try kept.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == Schema.current.version)
    #expect(try kept.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM alerts") } == 1)
    #expect(try kept.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
  }

  @Test func backupsAreNeverOverwritten() throws {
    try makeDatabase()
    let backup = "\(path).schema-\(Schema.current.version).backup"
    try Data("precious".utf8).write(to: URL(filePath: backup))
    _ = try fixture.store(schema: Self.next)
    #expect(try Data(contentsOf: URL(filePath: backup)) == Data("precious".utf8))
    #expect(FileManager.default.fileExists(atPath: backup + "-2"))
  }

  @Test(arguments: [
    "CREATE TABLE later (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1)", "DELETE FROM cameras",
  ])
  func failedMigrationChangesNothing(step: String) throws {
    try makeDatabase()
    let broken = Schema(
      version: Self.next.version, sql: Self.next.sql, steps: [Schema.current.version: step])
    #expect(throws: StoreError.self) { try fixture.store(schema: broken) }
    #expect(try fixture.store().alerts().alerts.count == 1)
    #expect(try AlertStore.check(databaseAt: path) == [])
  }

  /// `alerts` as schema 1 had it, word for word.
  private static let alertsOfSchema1 = """
    CREATE TABLE alerts (
      id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      run_camera_id INTEGER NOT NULL REFERENCES run_cameras ON DELETE CASCADE,
      -- Counts the alerts of one camera in one run, from 0.
      ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
      kind TEXT NOT NULL CHECK (kind IN ('irregular', 'scene_change')),
      started_at_ms INTEGER NOT NULL,
      peaked_at_ms INTEGER NOT NULL CHECK (peaked_at_ms >= started_at_ms),
      ended_at_ms INTEGER CHECK (ended_at_ms >= peaked_at_ms),
      is_end_estimated INTEGER NOT NULL DEFAULT 0
        CHECK (is_end_estimated IN (0, 1) AND (is_end_estimated = 0 OR ended_at_ms IS NOT NULL)),
      regularity REAL NOT NULL CHECK (regularity BETWEEN 0 AND 1),
      threshold REAL NOT NULL CHECK (threshold BETWEEN 0 AND 1),
      box_x REAL NOT NULL CHECK (box_x BETWEEN 0 AND 1),
      box_y REAL NOT NULL CHECK (box_y BETWEEN 0 AND 1),
      box_width REAL NOT NULL CHECK (box_width >= 0 AND box_x + box_width <= 1.000001),
      box_height REAL NOT NULL CHECK (box_height >= 0 AND box_y + box_height <= 1.000001),
      snapshot_file TEXT UNIQUE,
      heat_map_file TEXT UNIQUE,
      -- 1 where a person said that it is a true alert, 0 where a false one, null where nobody did.
      marked INTEGER CHECK (marked IN (0, 1)),
      -- When the person said so.
      marked_at_ms INTEGER CHECK ((marked IS NULL) = (marked_at_ms IS NULL)),
      UNIQUE (run_camera_id, ordinal)
    ) STRICT;
    """

  /// Turns a database without people into what schema 2 would have made of it.
  private func makeSchema2() throws {
    try fixture.connection().writeWithoutTransaction { database in
      try database.execute(
        sql: """
          DROP TABLE alert_tracks;
          DROP TABLE embeddings;
          DROP TABLE tracks;
          ALTER TABLE store DROP COLUMN erasure_is_due;
          PRAGMA user_version = 2;
          """)
    }
  }

  /// Turns a database without evidence into what schema 1 would have made of it.
  private func makeSchema1() throws {
    try makeSchema2()
    try fixture.connection().writeWithoutTransaction { database in
      let names = try database.columns(in: "alerts").map(\.name).filter { $0 != "evidence" }
      let columns = names.joined(separator: ", ")
      try database.execute(
        sql: """
          PRAGMA foreign_keys = OFF;
          CREATE TABLE kept AS SELECT \(columns) FROM alerts;
          DROP TABLE alerts;
          \(Self.alertsOfSchema1)
          CREATE INDEX alerts_by_start ON alerts (started_at_ms);
          CREATE INDEX open_alerts ON alerts (run_camera_id) WHERE ended_at_ms IS NULL;
          INSERT INTO alerts (\(columns)) SELECT \(columns) FROM kept;
          DROP TABLE kept;
          PRAGMA user_version = 1;
          """)
    }
  }

  @Test func aDatabaseOfSchema1KeepsItsAlertsWhoseEvidenceNobodyKnows() throws {
    try makeDatabase()
    try fixture.store().mark(1, isTrue: true)
    let before = try fixture.store(.readOnly).alerts()
    try makeSchema1()
    #expect(throws: StoreError.olderSchema(path: path, found: 1, known: Schema.current.version)) {
      try fixture.store(.readOnly)
    }
    let store = try fixture.store()
    #expect(try store.alerts() == before)
    #expect(before.alerts.map(\.evidence) == [nil])
    #expect(FileManager.default.fileExists(atPath: path + ".schema-1.backup"))
    // What was migrated is what would have been created.
    #expect(try AlertStore.check(databaseAt: path) == [])
    try store.openRun(.replay("r2"))
    let door = try store.addCamera("door", to: "r2")
    try store.save(.example(0, evidence: .motion), of: door)
    #expect(try store.alert(2).evidence == .motion)
    try store.finishRun("r2", at: .noon(3))
    #expect(try AlertStore.check(databaseAt: path) == [])
  }

  @Test func aDatabaseOfSchema2KeepsItsAlertsAndTakesPeople() throws {
    try makeDatabase()
    let before = try fixture.store(.readOnly).alerts()
    try makeSchema2()
    #expect(throws: StoreError.olderSchema(path: path, found: 2, known: Schema.current.version)) {
      try fixture.store(.readOnly)
    }
    let store = try fixture.store()
    #expect(try store.alerts() == before)
    #expect(try store.tracks() == [])
    #expect(FileManager.default.fileExists(atPath: path + ".schema-2.backup"))
    #expect(try AlertStore.check(databaseAt: path) == [])
    try store.openRun(.replay("r2"))
    let door = try store.addCamera("door", to: "r2")
    let id = try store.save(.person(0), of: door, crop: .crop, vector: .example(1))
    try store.finishRun("r2", at: .noon(3))
    #expect(try store.track(id).camera == "door")
    #expect(try AlertStore.check(databaseAt: path) == [])
    // A backup from before there were people has nobody to forget.
    #expect(try store.forgetTracks([id]).tracks == 1)
    #expect(try AlertStore.check(databaseAt: path) == [])
  }

  @Test func eachSchemaStepIsKnown() {
    #expect(Set(Schema.current.steps.keys) == Set(1..<Schema.current.version))
  }
}
