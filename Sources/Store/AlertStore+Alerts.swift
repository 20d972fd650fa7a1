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
    let id = try write(doing, with: pictures.files) { try store(alert, of: camera, with: pictures, in: $0) }
    missingAlerts.withLock { _ = $0[camera.id]?.remove(alert.ordinal) }
    if alert.endedAt != nil { try collectGarbage() }
    return id
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

  // MARK: - Within a transaction

  /// Gives the alert the next place in the log.
  func log(_ id: Int64, in database: Database) throws {
    try database.execute(sql: "INSERT OR REPLACE INTO alert_log (alert_id) VALUES (?)", arguments: [id])
  }

  private func store(
    _ alert: AlertObservation, of camera: RunCamera, with pictures: AlertPictures, in database: Database
  ) throws -> Int64 {
    let old = try Row.fetchOne(
      database, sql: "SELECT * FROM alerts WHERE run_camera_id = ? AND ordinal = ?",
      arguments: [camera.id, alert.ordinal])
    let row = AlertRow(alert, of: camera, with: pictures, replacing: old)
    let id = try row.store(replacing: old?["id"], in: database)
    if let old {
      for (before, now) in [("snapshot_file", row.snapshotFile), ("heat_map_file", row.heatMapFile)]
      where old[before] != now { try discard(old[before], in: database) }
    }
    let isOpen: Bool? = old.map { $0["ended_at_ms"] == nil }
    if isOpen != (alert.endedAt == nil) { try log(id, in: database) }
    return id
  }
}

/// The pictures of an alert and the names of their files, which say what they show: the same replay, the same names.
private struct AlertPictures {
  let snapshot: NewFile?
  let heatMap: NewFile?
  var files: [NewFile] { [snapshot, heatMap].compactMap(\.self) }

  init(_ alert: AlertObservation, of camera: RunCamera, snapshot: Picture?, heatMap: Picture?) {
    let peak = alert.peakedAt.millisecondsSince1970
    let stem = "\(camera.runID)/camera-\(camera.cameraID)-alert-\(alert.ordinal)-\(peak)"
    self.snapshot = snapshot.map { NewFile(name: "\(stem)-snapshot.\($0.format.rawValue)", data: $0.data) }
    self.heatMap = heatMap.map { NewFile(name: "\(stem)-heat-map.\($0.format.rawValue)", data: $0.data) }
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
    return try database.store(values, in: "alerts", replacing: id)
  }
}
