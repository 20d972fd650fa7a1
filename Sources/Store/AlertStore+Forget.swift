import GRDB

extension AlertStore {
  /// Forgets people: deletes their tracks, vectors and crops, that alerts name them, and all pictures of alerts that name
  /// them or were taken by the same camera while they were in view.
  ///
  /// When this returns, the database, its write-ahead log, its media folder and the backups that migrations have made hold
  /// no bytes of what was deleted. Copies made by others, and blocks that the file system has freed, are out of reach.
  ///
  /// - Parameter ids: the tracks' numbers.
  /// - Throws: `StoreError.noSuchTrack`, and then nothing was changed; `StoreError.notErased` where everything is deleted
  ///   but some bytes could not be overwritten yet. Whoever opens the database for writing next tries that again.
  @discardableResult
  public func forgetTracks(_ ids: Set<Int64>) throws(StoreError) -> Forgotten {
    let ids = ids.sorted()
    for id in ids { _ = try track(id) }
    // The backups first: should the program die in between, the track is still there to be forgotten again.
    for backup in try file.backups() { try forget(ids, inBackup: backup) }
    let forgotten = try write("forgetting people") { database in
      try database.execute(sql: "UPDATE store SET erasure_is_due = 1")
      return try forget(ids, in: database)
    }
    try finishErasure()
    return forgotten
  }

  /// Overwrites what is left of people who were forgotten, if anything is.
  ///
  /// `secure_delete` is not enough: where SQLite has moved rows between pages, copies stay behind in the pages' free
  /// space, and the log holds old pages until it is cut off.
  ///
  /// - Throws: `StoreError.notErased`.
  func finishErasure() throws(StoreError) {
    let isDue = try read("opening the database") {
      try Bool.fetchOne($0, sql: "SELECT erasure_is_due FROM store") ?? false
    }
    guard isDue else { return }
    do {
      if let failure = try collectGarbage() { throw failure }
      try database.writeWithoutTransaction { database in
        try database.execute(sql: "VACUUM")
        _ = try database.checkpoint(.truncate)
      }
      try write("forgetting people") { try $0.execute(sql: "UPDATE store SET erasure_is_due = 0") }
    } catch {
      let error = StoreError.translating(error, path: path, doing: "overwriting what was deleted")
      let reason = error == .locked(path: path) ? "another program is using it." : "\(error)"
      throw .notErased(path: path, reason: reason)
    }
  }

  // MARK: - Within a transaction

  private func forget(_ ids: [Int64], in database: Database) throws -> Forgotten {
    var forgotten = Forgotten()
    for id in ids {
      let pictures = try Row.fetchAll(
        database, sql: Self.alertsShowingTrack, arguments: ["track": id, "margin": Self.marginMilliseconds])
      for row in pictures {
        let files = [row["snapshot_file"], row["heat_map_file"]].compactMap { $0 as String? }
        for file in files { try discard(file, in: database) }
        forgotten.alertPictures += files.count
        try database.execute(
          sql: "UPDATE alerts SET snapshot_file = NULL, heat_map_file = NULL WHERE id = ?",
          arguments: [row["id"] as Int64])
      }
      let crop = try String.fetchOne(
        database, sql: "SELECT crop_file FROM tracks WHERE id = ?", arguments: [id])
      try discard(crop, in: database)
      forgotten.crops += crop == nil ? 0 : 1
      try database.execute(sql: "DELETE FROM tracks WHERE id = ?", arguments: [id])
      forgotten.tracks += database.changesCount
    }
    return forgotten
  }

  /// The same rows in a copy that a migration kept, which may lack some of them.
  private func forget(_ ids: [Int64], inBackup path: String) throws(StoreError) {
    do {
      guard let backup = try file.openBackupWithPeople(at: path) else { return }
      try backup.write { _ = try forget(ids, in: $0) }
      try backup.vacuum()
    } catch {
      throw .translating(error, path: path, doing: "forgetting people in a backup")
    }
  }

  /// People are noticed a little after they come into view, and lost a little before they leave it.
  private static let marginMilliseconds = 2_000

  private static let alertsShowingTrack = """
    SELECT id, snapshot_file, heat_map_file FROM alerts
    WHERE coalesce(snapshot_file, heat_map_file) IS NOT NULL AND (
      id IN (SELECT alert_id FROM alert_tracks WHERE track_id = :track)
      OR EXISTS (
        SELECT 1 FROM tracks JOIN run_cameras AS seen ON seen.id = tracks.run_camera_id
          JOIN run_cameras AS raised ON raised.id = alerts.run_camera_id
        WHERE tracks.id = :track AND seen.camera_id = raised.camera_id
          AND peaked_at_ms BETWEEN first_seen_ms - :margin AND last_seen_ms + :margin))
    """
}
