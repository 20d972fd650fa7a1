import GRDB

extension AlertStore {
  /// Finds tracks, those last in view first.
  public func tracks(_ query: TrackQuery = TrackQuery()) throws(StoreError) -> [Track] {
    try read("reading tracks") { database in
      try Row.fetchAll(
        database,
        sql: """
          \(TrackQuery.selection) WHERE \(query.condition)
          ORDER BY tracks.last_seen_ms DESC, tracks.id DESC LIMIT \(query.limit ?? -1)
          """, arguments: query.arguments
      ).map(track(from:))
    }
  }

  /// The track with this number.
  ///
  /// - Throws: `StoreError.noSuchTrack`.
  public func track(_ id: Int64) throws(StoreError) -> Track {
    try read("reading track \(id)") { database in
      let row = try Row.fetchOne(
        database, sql: "\(TrackQuery.selection) WHERE tracks.id = ?", arguments: [id])
      guard let row else { throw StoreError.noSuchTrack(id: id) }
      return track(from: row)
    }
  }

  /// Where a person went, in the order of time.
  ///
  /// - Throws: `StoreError.noSuchTrack`.
  public func path(ofTrack id: Int64) throws(StoreError) -> [TrackPoint] {
    try read("reading the path of track \(id)") { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT path, first_seen_ms FROM tracks WHERE id = ?", arguments: [id])
      guard let row else { throw StoreError.noSuchTrack(id: id) }
      return TrackPath.decoded(
        row["path"], since: Timestamp(millisecondsSince1970: row["first_seen_ms"]))
    }
  }

  /// The people who were noted in the box of an alert, in the order of their numbers.
  public func tracks(inAlert id: Int64) throws(StoreError) -> [Track] {
    try read("reading the people in alert \(id)") { database in
      try Row.fetchAll(
        database,
        sql: """
          \(TrackQuery.selection) JOIN alert_tracks ON alert_tracks.track_id = tracks.id
          WHERE alert_id = ? ORDER BY tracks.id
          """, arguments: [id]
      ).map(track(from:))
    }
  }

  /// What a person looks like, nil where nothing is known of it.
  ///
  /// - Throws: `StoreError.noSuchTrack`.
  public func vector(ofTrack id: Int64) throws(StoreError) -> StoredVector? {
    try read("reading the vector of track \(id)") { database in
      let exists =
        try Row.fetchOne(database, sql: "SELECT 1 FROM tracks WHERE id = ?", arguments: [id]) != nil
      guard exists else { throw StoreError.noSuchTrack(id: id) }
      let row = try Row.fetchOne(
        database, sql: "\(StoredVector.selection) WHERE track_id = ?", arguments: [id])
      return row.map(StoredVector.init)
    }
  }

  /// Hands over the vectors of tracks one after the other, in the order of the tracks' numbers.
  ///
  /// - Parameter query: of which tracks; its limit does not count.
  public func forEachVector(
    _ query: TrackQuery = TrackQuery(), _ body: (StoredVector) -> Void
  ) throws(StoreError) {
    try read("reading vectors") { database in
      // Without a condition nothing but the vectors is read, in the order in which they lie on the disk.
      let condition =
        query.isNarrowed ? "WHERE track_id IN (\(TrackQuery.identities) WHERE \(query.condition))" : ""
      let rows = try Row.fetchCursor(
        database, sql: "\(StoredVector.selection) \(condition) ORDER BY track_id", arguments: query.arguments)
      while let row = try rows.next() { body(StoredVector(row)) }
    }
  }

  private func track(from row: Row) -> Track {
    let crop: String? = row["crop_file"]
    return Track(
      id: row["id"], camera: row["camera"],
      firstSeen: Timestamp(millisecondsSince1970: row["first_seen_ms"]),
      lastSeen: Timestamp(millisecondsSince1970: row["last_seen_ms"]),
      frameCount: row["frame_count"], quality: row["quality"],
      bestSeenAt: Timestamp(millisecondsSince1970: row["best_seen_at_ms"]),
      box: PictureBox(x: row["box_x"], y: row["box_y"], width: row["box_width"], height: row["box_height"]),
      crop: crop.map(media.path(of:)), runID: row["run_id"], model: row["model"])
  }
}

extension StoredVector {
  fileprivate static let selection = """
    SELECT track_id, vector, models.hash FROM embeddings JOIN models ON models.id = model_id
    """

  fileprivate init(_ row: Row) {
    self.init(
      track: row["track_id"], modelHash: row["hash"], halves: [UInt16](littleEndianBytes: row["vector"]))
  }
}

extension TrackQuery {
  private static let tables = """
    tracks JOIN run_cameras ON run_cameras.id = run_camera_id
    JOIN runs ON runs.number = run_number JOIN cameras ON cameras.id = camera_id
    """
  fileprivate static let identities = "SELECT tracks.id FROM \(tables)"
  fileprivate static let selection = """
    SELECT tracks.*, cameras.name AS camera, runs.id AS run_id, models.hash AS model FROM \(tables)
    LEFT JOIN embeddings ON embeddings.track_id = tracks.id LEFT JOIN models ON models.id = embeddings.model_id
    """

  /// Each condition with its value, nil where it is not asked for.
  private var conditions: [(sql: String, value: (any DatabaseValueConvertible)?)] {
    [
      ("tracks.last_seen_ms >= ?", since?.millisecondsSince1970), ("cameras.name = ?", camera),
      ("runs.id = ?", runID),
    ]
  }

  fileprivate var isNarrowed: Bool { !arguments.isEmpty }

  fileprivate var condition: String {
    (["TRUE"] + conditions.filter { $0.value != nil }.map(\.sql)).joined(separator: " AND ")
  }

  fileprivate var arguments: StatementArguments {
    StatementArguments(conditions.compactMap(\.value))
  }
}
