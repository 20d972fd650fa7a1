import GRDB

extension AlertStore {
  /// Finds alerts.
  ///
  /// - Throws: `StoreError.badCursor` where the cursor is another database's.
  public func alerts(_ query: AlertQuery = AlertQuery()) throws(StoreError) -> AlertPage {
    if let after = query.after, after.database != cursorPrefix {
      throw .badCursor("\(after)", "it belongs to another database")
    }
    return try read("reading alerts") { database in
      let rows = try Row.fetchAll(database, sql: query.sql, arguments: query.arguments)
      let alerts = try rows.map { try alert(from: $0) }
      var end = try Int64.fetchOne(database, sql: "SELECT coalesce(max(sequence), 0) FROM alert_log") ?? 0
      if let after = query.after {
        end = rows.count == query.limit ? rows.last?["sequence"] ?? after.sequence : max(end, after.sequence)
      }
      return AlertPage(alerts: alerts, cursor: AlertCursor(database: cursorPrefix, sequence: end))
    }
  }

  /// The alert with this number.
  ///
  /// - Throws: `StoreError.noSuchAlert`.
  public func alert(_ id: Int64) throws(StoreError) -> Alert {
    try read("reading alert \(id)") { database in
      let row = try Row.fetchOne(
        database, sql: "\(AlertQuery.selection) WHERE alerts.id = ?", arguments: [id])
      guard let row else { throw StoreError.noSuchAlert(id: id) }
      return try alert(from: row)
    }
  }

  /// A camera's regularity curve in one run, in order; empty where there is none.
  public func regularity(of camera: String, in runID: String) throws(StoreError) -> [RegularitySecond] {
    try read("reading the regularity curve of camera \(camera)") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT regularity.* FROM regularity
          JOIN run_cameras ON run_cameras.id = run_camera_id
          JOIN runs ON runs.number = run_number JOIN cameras ON cameras.id = camera_id
          WHERE runs.id = ? AND cameras.name = ? ORDER BY second_s
          """, arguments: [runID, camera]
      ).map {
        RegularitySecond(
          secondSince1970: $0["second_s"], minimum: $0["minimum"], mean: $0["mean"],
          frameCount: $0["frame_count"])
      }
    }
  }

  private var cursorPrefix: String { String(uuid.prefix(AlertCursor.prefixLength)) }

  private func alert(from row: Row) throws -> Alert {
    guard let kind = AlertKind(rawValue: row["kind"]) else {
      throw StoreError.damaged(path: path, detail: "alert \(row["id"] as Int64) is of no known kind")
    }
    let evidence = try (row["evidence"] as String?).map { text in
      guard let evidence = AlertEvidence(rawValue: text) else {
        throw StoreError.damaged(path: path, detail: "alert \(row["id"] as Int64) has no known evidence")
      }
      return evidence
    }
    let ended: Int64? = row["ended_at_ms"]
    let tracks: String? = row["tracks"]
    let snapshot: String? = row["snapshot_file"]
    let heatMap: String? = row["heat_map_file"]
    return Alert(
      id: row["id"], camera: row["camera"], kind: kind,
      startedAt: Timestamp(millisecondsSince1970: row["started_at_ms"]),
      peakedAt: Timestamp(millisecondsSince1970: row["peaked_at_ms"]),
      endedAt: ended.map(Timestamp.init(millisecondsSince1970:)), isEndEstimated: row["is_end_estimated"],
      regularity: row["regularity"], threshold: row["threshold"], evidence: evidence,
      box: PictureBox(x: row["box_x"], y: row["box_y"], width: row["box_width"], height: row["box_height"]),
      snapshot: snapshot.map(media.path(of:)), heatMap: heatMap.map(media.path(of:)), runID: row["run_id"],
      mark: row["marked"], tracks: (tracks ?? "").split(separator: ",").compactMap { Int64($0) }.sorted())
  }
}

extension AlertQuery {
  static let selection = """
    SELECT alerts.*, cameras.name AS camera, runs.id AS run_id, sequence,
      (SELECT group_concat(track_id) FROM alert_tracks WHERE alert_id = alerts.id) AS tracks
    FROM alerts
    JOIN alert_log ON alert_log.alert_id = alerts.id
    JOIN run_cameras ON run_cameras.id = run_camera_id
    JOIN runs ON runs.number = run_number JOIN cameras ON cameras.id = camera_id
    """

  /// Each condition with its value, nil where it is not asked for.
  private var conditions: [(sql: String, value: (any DatabaseValueConvertible)?)] {
    [
      ("alerts.started_at_ms >= ?", since?.millisecondsSince1970),
      ("alerts.started_at_ms <= ?", until?.millisecondsSince1970),
      ("cameras.name = ?", camera),
      ("runs.id = ?", runID),
      ("sequence > ?", after?.sequence),
    ]
  }

  fileprivate var sql: String {
    let asked = conditions.filter { $0.value != nil }.map(\.sql)
    let filter = asked.isEmpty ? "" : "WHERE " + asked.joined(separator: " AND ")
    let order = after == nil ? "alerts.started_at_ms DESC, alerts.id DESC" : "sequence"
    return "\(Self.selection) \(filter) ORDER BY \(order) LIMIT \(limit ?? -1)"
  }

  fileprivate var arguments: StatementArguments {
    StatementArguments(conditions.compactMap(\.value))
  }
}
