import Foundation
import GRDB

extension AlertStore {
  /// Checks that a database and its media folder are whole and fit together. Changes nothing.
  ///
  /// What a crash leaves behind and the next run cleans up is no finding: alerts that still last, files to be deleted.
  ///
  /// - Returns: what is wrong, in the order of the invariants; empty where all is well.
  /// - Throws: `StoreError` where the database cannot be opened or read.
  public static func check(databaseAt path: String) throws(StoreError) -> [Finding] {
    let file = DatabaseFile(path: path, schema: .current, busyTimeout: .seconds(5))
    let database = try file.openForChecking()
    let checker = StoreChecker(schema: .current, media: MediaFolder(databasePath: path, files: .posix))
    do {
      return try database.read(checker.findings(in:))
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      return [Finding(invariant: .integrity, message: error.message ?? "the database is damaged")]
    } catch {
      throw .translating(error, path: path, doing: "checking the database")
    }
  }
}

/// Looks for what is wrong, within one read transaction.
private struct StoreChecker {
  let schema: Schema
  let media: MediaFolder

  func findings(in database: Database) throws -> [Finding] {
    // Where the structure is broken, whatever else would be said is not to be relied on.
    let broken = try integrity(of: database) + schemaDifferences(in: database)
    if !broken.isEmpty { return broken }
    return try references(in: database) + mediaFolder(of: database) + files(of: database)
      + impossibleValues(in: database) + logGaps(in: database) + unusableVectors(in: database)
      + pendingErasure(in: database)
  }

  private func integrity(of database: Database) throws -> [Finding] {
    try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      .map { Finding(invariant: .integrity, message: $0) }
  }

  private func references(in database: Database) throws -> [Finding] {
    try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { row in
      let place = "row \((row["rowid"] as Int64?).map(String.init) ?? "?") of \(row["table"] as String)"
      return Finding(
        invariant: .references, message: "\(place) refers to no row of \(row["parent"] as String)")
    }
  }

  private func schemaDifferences(in database: Database) throws -> [Finding] {
    let fresh = try DatabaseQueue()
    let expected = try fresh.write { fresh in
      try fresh.execute(sql: schema.sql)
      return try definitions(in: fresh)
    }
    let found = try definitions(in: database)
    return Set(expected.keys).union(found.keys).sorted().compactMap { name in
      guard let wanted = expected[name] else {
        return Finding(invariant: .schema, message: "\(name) is not part of the schema")
      }
      guard let found = found[name] else { return Finding(invariant: .schema, message: "\(name) is missing") }
      return found == wanted ? nil : Finding(invariant: .schema, message: "\(name) is not as it is created")
    }
  }

  /// How each table and index was created, without comments and spacing.
  private func definitions(in database: Database) throws -> [String: String] {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    return Dictionary(
      uniqueKeysWithValues: rows.map { ("\($0["type"] as String) \($0["name"] as String)", bare($0["sql"])) })
  }

  private func bare(_ sql: String) -> String {
    sql.split(separator: "\n").map { line in
      line.range(of: "--").map { line[..<$0.lowerBound] } ?? line
    }.joined().filter { !$0.isWhitespace }
  }

  private func mediaFolder(of database: Database) throws -> [Finding] {
    let uuid = try String.fetchOne(database, sql: "SELECT uuid FROM store")
    guard let uuid else { return [Finding(invariant: .values, message: "the table store has no row")] }
    return media.problem(uuid: uuid).map {
      [Finding(invariant: .mediaFolder, message: "\(media.path): \($0)")]
    } ?? []
  }

  private func files(of database: Database) throws -> [Finding] {
    // That is said of the folder, and nothing can be said of what is in it.
    if media.isForbidden { return [] }
    let named = try Set(String.fetchAll(database, sql: AlertStore.pictureNames))
    let discarded = try Set(String.fetchAll(database, sql: "SELECT file FROM garbage"))
    let missing = named.sorted().compactMap { name -> Finding? in
      switch media.size(of: name) {
      case nil: Finding(invariant: .fileMissing, message: "\(media.path(of: name)) is missing")
      case 0: Finding(invariant: .fileEmpty, message: "\(media.path(of: name)) is empty")
      default: nil
      }
    }
    let known = named.union(discarded).union(discarded.map { $0 + MediaFolder.temporarySuffix })
    let unknown = media.names().filter { !known.contains($0) }.map {
      Finding(
        invariant: .fileUnknown,
        message:
          "\(media.path(of: $0)) belongs to no alert and no track; it is left alone, delete it if nobody needs it"
      )
    }
    return missing + unknown
  }

  /// What the tables' own constraints cannot say, because it goes across rows. The host's clock may be set back during
  /// a live run, so only a replay's times are compared with its begin.
  private func impossibleValues(in database: Database) throws -> [Finding] {
    let queries = [
      """
      SELECT 'alert ' || alerts.id || ' began before its run' FROM alerts
      JOIN run_cameras ON run_cameras.id = run_camera_id JOIN runs ON runs.number = run_number
      WHERE runs.kind = 'replay' AND alerts.started_at_ms < runs.started_at_ms ORDER BY alerts.id
      """,
      """
      SELECT 'alert ' || alerts.id || ' still lasts although its run has ended' FROM alerts
      JOIN run_cameras ON run_cameras.id = run_camera_id JOIN runs ON runs.number = run_number
      WHERE alerts.ended_at_ms IS NULL AND runs.ended_at_ms IS NOT NULL ORDER BY alerts.id
      """,
      """
      SELECT 'camera ' || cameras.name || ' has a regularity curve that begins before run ' || runs.id
      FROM regularity JOIN run_cameras ON run_cameras.id = run_camera_id
      JOIN runs ON runs.number = run_number JOIN cameras ON cameras.id = camera_id
      WHERE runs.kind = 'replay' GROUP BY run_camera_id HAVING min(second_s) * 1000 + 999 < runs.started_at_ms ORDER BY run_camera_id
      """,
      """
      SELECT 'track ' || tracks.id || ' began before its run' FROM tracks
      JOIN run_cameras ON run_cameras.id = run_camera_id JOIN runs ON runs.number = run_number
      WHERE runs.kind = 'replay' AND tracks.first_seen_ms < runs.started_at_ms ORDER BY tracks.id
      """,
      """
      SELECT 'alert ' || alert_id || ' names track ' || track_id || ', which is of another camera or run'
      FROM alert_tracks JOIN alerts ON alerts.id = alert_id JOIN tracks ON tracks.id = track_id
      WHERE alerts.run_camera_id <> tracks.run_camera_id ORDER BY alert_id, track_id
      """,
    ]
    return try queries.flatMap { try String.fetchAll(database, sql: $0) }
      .map { Finding(invariant: .values, message: $0) }
  }

  private func logGaps(in database: Database) throws -> [Finding] {
    try Int64.fetchAll(
      database, sql: "SELECT id FROM alerts WHERE id NOT IN (SELECT alert_id FROM alert_log) ORDER BY id"
    ).map {
      Finding(invariant: .log, message: "alert \($0) has no place in the log, so that no list shows it")
    }
  }
  private func unusableVectors(in database: Database) throws -> [Finding] {
    var findings: [String] = []
    var dimensions: [Int64: Int] = [:]
    let rows = try Row.fetchCursor(
      database, sql: "SELECT track_id, model_id, dimension, vector FROM embeddings ORDER BY track_id")
    while let row = try rows.next() {
      let track: Int64 = row["track_id"]
      let dimension: Int = row["dimension"]
      let model: Int64 = row["model_id"]
      let expected = dimensions[model, default: dimension]
      dimensions[model] = expected
      if dimension != expected {
        findings.append(
          "the vector of track \(track) has \(dimension) numbers, others of its model \(expected)")
      }
      let length = [UInt16](littleEndianBytes: row["vector"]).length
      if !(abs(length - 1) <= Self.largestLengthError) {
        findings.append("the vector of track \(track) has the length \(length), not 1")
      }
    }
    return findings.map { Finding(invariant: .vectors, message: $0) }
  }

  /// What rounding to half precision may do to a length of one.
  private static let largestLengthError = 0.01

  private func pendingErasure(in database: Database) throws -> [Finding] {
    guard try Bool.fetchOne(database, sql: "SELECT erasure_is_due FROM store") == true else { return [] }
    let message = """
      a person was forgotten, and copies of what was deleted may be left in the database's free pages and its log; \
      they are overwritten when it is next opened for writing
      """
    return [Finding(invariant: .erasure, message: message)]
  }
}
