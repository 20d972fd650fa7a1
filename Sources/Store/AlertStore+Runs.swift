import GRDB
import Synchronization

extension AlertStore {
  /// Opens a run: its cameras and alerts can now be written.
  ///
  /// A replay that was stored before is opened again and written over: what it raises or follows again keeps number and
  /// mark, its regularity curve and who was in which alert start anew. Runs whose program died are ended first, see `Alert.isEndEstimated`.
  ///
  /// - Throws: `StoreError.runInUse` where a program is writing the same run.
  public func openRun(_ run: Run) throws(StoreError) {
    var taken: Int64?
    do {
      try write("opening run \(run.id)") { database in
        try endInterruptedRuns(in: database)
        let number = try upsert(run, in: database)
        guard let locks, locks.take(number) else { throw StoreError.runInUse(id: run.id) }
        taken = number
        let cameras = "SELECT id FROM run_cameras WHERE run_number = ?"
        let alerts = "SELECT id FROM alerts WHERE run_camera_id IN (\(cameras))"
        try database.execute(
          sql: "DELETE FROM regularity WHERE run_camera_id IN (\(cameras))", arguments: [number])
        try database.execute(
          sql: "DELETE FROM alert_tracks WHERE alert_id IN (\(alerts))", arguments: [number])
        try noteWhatIsToComeAgain(in: number, database)
      }
    } catch {
      if let taken { locks?.release(taken) }
      throw error
    }
  }

  /// Adds a camera to an open run.
  ///
  /// - Parameter model: what the camera is scored with.
  /// - Returns: what its alerts and its curve are written under.
  public func addCamera(_ name: String, to runID: String, model: ModelDescription? = nil)
    throws(StoreError) -> RunCamera
  {
    try write("adding camera \(name)") { database in
      let run = try openRunNumber(runID, in: database)
      try database.execute(
        sql: "INSERT INTO cameras (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [name])
      let camera = try number(database, "SELECT id FROM cameras WHERE name = ?", [name])
      let model = try model.map { try number(of: $0, in: database) }
      try database.execute(
        sql: """
          INSERT INTO run_cameras (run_number, camera_id, model_id) VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET model_id = excluded.model_id
          """, arguments: [run, camera, model])
      let id = try number(
        database, "SELECT id FROM run_cameras WHERE run_number = ? AND camera_id = ?", [run, camera])
      return RunCamera(runID: runID, camera: name, id: id, cameraID: camera)
    }
  }

  /// The names of all cameras that any run watched, in alphabetical order.
  public func cameraNames() throws(StoreError) -> [String] {
    try read("reading the cameras") { database in
      try String.fetchAll(database, sql: "SELECT name FROM cameras ORDER BY name")
    }
  }

  /// Ends all alerts of an open run that still last, as at a shutdown.
  ///
  /// - Parameter moment: the end; an alert that peaked later ends at its peak.
  /// - Returns: how many there were.
  @discardableResult
  public func closeOpenAlerts(of runID: String, at moment: Timestamp) throws(StoreError) -> Int {
    try write("ending the alerts of run \(runID)") { database in
      try closeOpenAlerts(of: openRunNumber(runID, in: database), at: moment, in: database)
    }
  }

  /// Ends an open run, and its alerts that still last.
  ///
  /// Of a replay that was stored before, alerts and tracks that did not come again are deleted.
  public func finishRun(_ runID: String, at moment: Timestamp) throws(StoreError) {
    let run = try write("ending run \(runID)") { database in
      let run = try openRunNumber(runID, in: database)
      try closeOpenAlerts(of: run, at: moment, in: database)
      try deleteWhatDidNotComeAgain(in: run, database)
      try database.execute(
        sql: "UPDATE runs SET ended_at_ms = max(started_at_ms, ?), was_interrupted = 0 WHERE number = ?",
        arguments: [moment.millisecondsSince1970, run])
      return run
    }
    locks?.release(run)
    try collectGarbage()
  }

  // MARK: - Within a transaction

  private func upsert(_ run: Run, in database: Database) throws -> Int64 {
    let known = try Row.fetchOne(
      database, sql: "SELECT number, kind FROM runs WHERE id = ?", arguments: [run.id])
    if let known, run.kind == .live || known["kind"] != run.kind.rawValue {
      throw StoreError.invalidValue("run \(run.id) exists, and only a replay can be done again")
    }
    try database.execute(
      sql: """
        INSERT INTO runs (id, kind, started_at_ms, program_version, settings, clip_digest)
        VALUES (:id, :kind, :started, :version, :settings, :digest)
        ON CONFLICT (id) DO UPDATE SET
          started_at_ms = excluded.started_at_ms, ended_at_ms = NULL, was_interrupted = 0,
          program_version = excluded.program_version, settings = excluded.settings,
          clip_digest = excluded.clip_digest
        """,
      arguments: [
        "id": run.id, "kind": run.kind.rawValue, "started": run.startedAt.millisecondsSince1970,
        "version": run.programVersion, "settings": run.settings, "digest": run.clipDigest,
      ])
    return try number(database, "SELECT number FROM runs WHERE id = ?", [run.id])
  }

  func number(of model: ModelDescription, in database: Database) throws -> Int64 {
    try database.execute(
      sql:
        "INSERT INTO models (hash, name, path, metadata) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
      arguments: [model.hash, model.name, model.path, model.metadata])
    return try number(database, "SELECT id FROM models WHERE hash = ?", [model.hash])
  }

  private func openRunNumber(_ runID: String, in database: Database) throws -> Int64 {
    let run = try number(database, "SELECT number FROM runs WHERE id = ?", [runID])
    guard let locks, locks.holds(run) else { throw StoreError.invalidValue("run \(runID) is not open") }
    return run
  }

  private func number(_ database: Database, _ sql: String, _ arguments: StatementArguments) throws -> Int64 {
    guard let number = try Int64.fetchOne(database, sql: sql, arguments: arguments) else {
      throw StoreError.invalidValue("\(arguments) is not in the database")
    }
    return number
  }

  @discardableResult
  private func closeOpenAlerts(of run: Int64, at moment: Timestamp, in database: Database) throws -> Int {
    let open = try openAlerts(of: run, in: database)
    for id in open {
      try database.execute(
        sql: "UPDATE alerts SET ended_at_ms = max(peaked_at_ms, ?) WHERE id = ?",
        arguments: [moment.millisecondsSince1970, id])
      try log(id, in: database)
    }
    return open.count
  }

  private func openAlerts(of run: Int64, in database: Database) throws -> [Int64] {
    try Int64.fetchAll(
      database,
      sql: """
        SELECT id FROM alerts WHERE ended_at_ms IS NULL
          AND run_camera_id IN (SELECT id FROM run_cameras WHERE run_number = ?) ORDER BY id
        """, arguments: [run])
  }

  private func cameras(of run: Int64, in database: Database) throws -> [Int64] {
    try Int64.fetchAll(database, sql: "SELECT id FROM run_cameras WHERE run_number = ?", arguments: [run])
  }

  private func noteWhatIsToComeAgain(in run: Int64, _ database: Database) throws {
    for camera in try cameras(of: run, in: database) {
      func ordinals(_ table: String) throws -> Set<Int> {
        try Int.fetchSet(
          database, sql: "SELECT ordinal FROM \(table) WHERE run_camera_id = ?", arguments: [camera])
      }
      let (alerts, tracks) = (try ordinals("alerts"), try ordinals("tracks"))
      missingAlerts.withLock { $0[camera] = alerts }
      missingTracks.withLock { $0[camera] = tracks }
    }
  }

  private func deleteWhatDidNotComeAgain(in run: Int64, _ database: Database) throws {
    for camera in try cameras(of: run, in: database) {
      let alerts = missingAlerts.withLock { $0[camera] } ?? []
      try delete(alerts, from: "alerts", of: camera, files: ["snapshot_file", "heat_map_file"], in: database)
      let tracks = missingTracks.withLock { $0[camera] } ?? []
      try delete(tracks, from: "tracks", of: camera, files: ["crop_file"], in: database)
    }
  }

  /// Deletes the rows of a table with these ordinals, and the files that these columns name.
  private func delete(
    _ ordinals: Set<Int>, from table: String, of camera: Int64, files: [String], in database: Database
  ) throws {
    for ordinal in ordinals {
      let key: StatementArguments = [camera, ordinal]
      let place = "FROM \(table) WHERE run_camera_id = ? AND ordinal = ?"
      let names = try Row.fetchOne(
        database, sql: "SELECT \(files.joined(separator: ", ")) \(place)", arguments: key)
      for file in files { try discard(names?[file], in: database) }
      try database.execute(sql: "DELETE \(place)", arguments: key)
    }
  }

  /// Ends the runs that nobody writes any more at the last moment that is known of them.
  private func endInterruptedRuns(in database: Database) throws {
    let open = try Int64.fetchAll(
      database, sql: "SELECT number FROM runs WHERE ended_at_ms IS NULL ORDER BY number")
    for run in open {
      guard let locks, locks.take(run) else { continue }
      defer { locks.release(run) }
      for id in try openAlerts(of: run, in: database) {
        try database.execute(
          sql: """
            UPDATE alerts SET is_end_estimated = 1, ended_at_ms = max(peaked_at_ms, coalesce(
              (SELECT 1000 * max(second_s) FROM regularity WHERE run_camera_id = alerts.run_camera_id), 0))
            WHERE id = ?
            """, arguments: [id])
        try log(id, in: database)
      }
      try database.execute(
        sql: """
          UPDATE runs SET was_interrupted = 1, ended_at_ms = max(started_at_ms, (
            SELECT coalesce(max(max(
              ifnull((SELECT max(ended_at_ms) FROM alerts WHERE run_camera_id = c.id), 0),
              ifnull((SELECT 1000 * max(second_s) FROM regularity WHERE run_camera_id = c.id), 0),
              ifnull((SELECT max(last_seen_ms) FROM tracks WHERE run_camera_id = c.id), 0))), 0)
            FROM run_cameras c
            WHERE c.run_number = runs.number))
          WHERE number = ?
          """, arguments: [run])
    }
  }
}
