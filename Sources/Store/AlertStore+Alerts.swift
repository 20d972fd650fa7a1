import Foundation
import GRDB
import Synchronization

extension AlertStore {
  /// Stores an alert, or what has changed of it since it was last stored: its natural key is run, camera and ordinal.
  ///
  /// Pictures are on the disk before their row says so, and the ones they replace are deleted.
  ///
  /// - Parameters:
  ///   - snapshot: the picture at the peak; nil keeps the one stored before.
  ///   - heatMap: the heat map at the peak; nil keeps the one stored before.
  /// - Returns: the alert's number.
  @discardableResult
  public func save(
    _ alert: AlertObservation, of camera: RunCamera, snapshot: Picture? = nil, heatMap: Picture? = nil
  ) throws(StoreError) -> Int64 {
    let doing = "alert \(alert.ordinal) of camera \(camera.camera)"
    let pictures = AlertPictures(alert, of: camera, snapshot: snapshot, heatMap: heatMap)
    var id: Int64?
    while id == nil {
      if !pictures.files.isEmpty { try write(doing) { try announce(pictures, in: $0) } }
      id = try write(doing) { try store(alert, of: camera, with: pictures, in: $0) }
    }
    written.withLock { _ = $0[camera.id, default: []].insert(alert.ordinal) }
    if alert.endedAt != nil { try collectGarbage() }
    return id ?? 0
  }

  /// Stores seconds of a camera's regularity curve, all or none. A second stored before is replaced.
  public func append(_ seconds: [RegularitySecond], of camera: RunCamera) throws(StoreError) {
    try write("the regularity curve of camera \(camera.camera)") { database in
      for second in seconds {
        try database.execute(
          sql: """
            INSERT INTO regularity (run_camera_id, second_s, minimum, mean, frame_count) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
              minimum = excluded.minimum, mean = excluded.mean, frame_count = excluded.frame_count
            """,
          arguments: [
            camera.id, second.secondSince1970, second.minimum, second.mean, second.frameCount,
          ])
      }
    }
  }

  /// Stores what a person says of an alert.
  ///
  /// - Parameter isTrue: whether it is a true alert.
  public func mark(_ id: Int64, isTrue: Bool) throws(StoreError) {
    try write("the mark of alert \(id)") { database in
      try database.execute(
        sql: "UPDATE alerts SET marked = ?, marked_at_ms = ? WHERE id = ?",
        arguments: [isTrue, clock().millisecondsSince1970, id])
      guard database.changesCount == 1 else { throw StoreError.noSuchAlert(id: id) }
      try log(id, in: database)
    }
  }

  /// Deletes the files that rows no longer name. Happens by itself; a file that is merely unknown is never deleted.
  func collectGarbage() throws(StoreError) {
    let isEmpty = try read("deleting old pictures") {
      try Row.fetchOne($0, sql: "SELECT 1 FROM garbage LIMIT 1") == nil
    }
    guard !isEmpty else { return }
    try write("deleting old pictures") { database in
      for name in try String.fetchAll(database, sql: "SELECT file FROM garbage") {
        if try isNamed(name, in: database) { try media.removeTemporary(name) } else { try media.remove(name) }
        try database.execute(sql: "DELETE FROM garbage WHERE file = ?", arguments: [name])
      }
    }
  }

  // MARK: - Within a transaction

  /// Gives the alert the next place in the log.
  func log(_ id: Int64, in database: Database) throws {
    try database.execute(sql: "INSERT OR REPLACE INTO alert_log (alert_id) VALUES (?)", arguments: [id])
  }

  /// Has a file deleted soon after the commit.
  func discard(_ file: String?, in database: Database) throws {
    guard let file else { return }
    try database.execute(
      sql: "INSERT INTO garbage (file) VALUES (?) ON CONFLICT DO NOTHING", arguments: [file])
  }

  /// Notes the files that are about to be written, so that they are deleted should the program die before the row is
  /// stored.
  private func announce(_ pictures: AlertPictures, in database: Database) throws {
    for file in pictures.files { try discard(file.name, in: database) }
  }

  /// Writes the files, all of them on the disk before the row is committed. Returns nil where another program's garbage
  /// collection came in between; then nothing has happened. The write lock is held throughout, so that no collection
  /// sees a file without its row.
  private func store(
    _ alert: AlertObservation, of camera: RunCamera, with pictures: AlertPictures, in database: Database
  ) throws -> Int64? {
    for file in pictures.files {
      let announced = try Row.fetchOne(
        database, sql: "SELECT 1 FROM garbage WHERE file = ?", arguments: [file.name])
      if announced == nil { return nil }
    }
    let old = try Row.fetchOne(
      database, sql: "SELECT * FROM alerts WHERE run_camera_id = ? AND ordinal = ?",
      arguments: [camera.id, alert.ordinal])
    let row = AlertRow(alert, of: camera, with: pictures, replacing: old)
    let id = try row.store(replacing: old?["id"], in: database)
    for file in pictures.files {
      try media.write(file.data, to: file.name)
      try database.execute(sql: "DELETE FROM garbage WHERE file = ?", arguments: [file.name])
    }
    if let old {
      for (before, now) in [("snapshot_file", row.snapshotFile), ("heat_map_file", row.heatMapFile)]
      where old[before] != now { try discard(old[before], in: database) }
    }
    let isOpen: Bool? = old.map { $0["ended_at_ms"] == nil }
    if isOpen != (alert.endedAt == nil) { try log(id, in: database) }
    return id
  }

  private func isNamed(_ file: String, in database: Database) throws -> Bool {
    try Row.fetchOne(
      database, sql: "SELECT 1 FROM alerts WHERE snapshot_file = :file OR heat_map_file = :file",
      arguments: ["file": file]) != nil
  }
}

/// The pictures of an alert and the names of their files, which say what they show: the same replay, the same names.
private struct AlertPictures {
  let snapshot: (name: String, data: Data)?
  let heatMap: (name: String, data: Data)?
  var files: [(name: String, data: Data)] { [snapshot, heatMap].compactMap(\.self) }

  init(_ alert: AlertObservation, of camera: RunCamera, snapshot: Picture?, heatMap: Picture?) {
    let peak = alert.peakedAt.millisecondsSince1970
    let stem = "\(camera.runID)/camera-\(camera.cameraID)-alert-\(alert.ordinal)-\(peak)"
    self.snapshot = snapshot.map { ("\(stem)-snapshot.\($0.format.rawValue)", $0.data) }
    self.heatMap = heatMap.map { ("\(stem)-heat-map.\($0.format.rawValue)", $0.data) }
  }
}

/// A row of `alerts`.
private struct AlertRow {
  let alert: AlertObservation
  let runCamera: Int64
  let snapshotFile: String?
  let heatMapFile: String?

  init(_ alert: AlertObservation, of camera: RunCamera, with pictures: AlertPictures, replacing old: Row?) {
    self.alert = alert
    runCamera = camera.id
    snapshotFile = pictures.snapshot?.name ?? old?["snapshot_file"]
    heatMapFile = pictures.heatMap?.name ?? old?["heat_map_file"]
  }

  /// Inserts the row, or updates the one with this id. Returns its id. A mark stays.
  func store(replacing id: Int64?, in database: Database) throws -> Int64 {
    let values: [(String, (any DatabaseValueConvertible)?)] = [
      ("run_camera_id", runCamera), ("ordinal", alert.ordinal), ("kind", alert.kind.rawValue),
      ("started_at_ms", alert.startedAt.millisecondsSince1970),
      ("peaked_at_ms", alert.peakedAt.millisecondsSince1970),
      ("ended_at_ms", alert.endedAt?.millisecondsSince1970), ("is_end_estimated", false),
      ("regularity", alert.regularity), ("threshold", alert.threshold),
      ("evidence", alert.evidence?.rawValue),
      ("box_x", alert.box.x), ("box_y", alert.box.y),
      ("box_width", alert.box.width), ("box_height", alert.box.height),
      ("snapshot_file", snapshotFile), ("heat_map_file", heatMapFile),
    ]
    let names = values.map(\.0)
    var arguments = StatementArguments(values.map(\.1))
    if let id {
      arguments += [id]
      let assignments = names.map { "\($0) = ?" }.joined(separator: ", ")
      try database.execute(sql: "UPDATE alerts SET \(assignments) WHERE id = ?", arguments: arguments)
      return id
    }
    let places = names.map { _ in "?" }.joined(separator: ", ")
    try database.execute(
      sql: "INSERT INTO alerts (\(names.joined(separator: ", "))) VALUES (\(places))", arguments: arguments)
    return database.lastInsertedRowID
  }
}
