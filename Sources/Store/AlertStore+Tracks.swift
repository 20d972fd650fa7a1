import Foundation
import GRDB
import Synchronization

extension AlertStore {
  /// Stores a track that has ended, or replaces it: its natural key is run, camera and ordinal.
  ///
  /// The crop is on the disk before its row says so, and the one it replaces is deleted.
  ///
  /// - Parameters:
  ///   - crop: the best picture of the person, nil where there is none.
  ///   - vector: what the person looks like, nil where nothing is known of it.
  /// - Returns: the track's number.
  @discardableResult
  public func save(
    _ track: TrackObservation, of camera: RunCamera, crop: Picture? = nil, vector: TrackVector? = nil
  ) throws(StoreError) -> Int64 {
    let file = crop.map { NewFile(name: cropName(track, of: camera, format: $0.format), data: $0.data) }
    let row = try TrackRow(track, of: camera, cropFile: file?.name)
    let doing = "track \(track.ordinal) of camera \(camera.camera)"
    let isReplaced: Bool
    let id: Int64
    (id, isReplaced) = try write(doing, with: [file].compactMap(\.self)) { database in
      let old = try Row.fetchOne(
        database, sql: "SELECT id, crop_file FROM tracks WHERE run_camera_id = ? AND ordinal = ?",
        arguments: [camera.id, track.ordinal])
      let id = try row.store(replacing: old?["id"], in: database)
      try store(vector, of: id, in: database)
      if let old, old["crop_file"] != row.cropFile { try discard(old["crop_file"], in: database) }
      return (id, old != nil)
    }
    missingTracks.withLock { _ = $0[camera.id]?.remove(track.ordinal) }
    if isReplaced { try collectGarbage() }
    return id
  }

  /// Notes that people stood in the box of an alert, besides those who were noted before.
  ///
  /// - Parameter tracks: their tracks' numbers; one that was forgotten meanwhile is left out.
  /// - Throws: `StoreError.noSuchAlert`.
  public func link(tracks: [Int64], toAlert alert: Int64) throws(StoreError) {
    try write("the people in alert \(alert)") { database in
      guard try Row.fetchOne(database, sql: "SELECT 1 FROM alerts WHERE id = ?", arguments: [alert]) != nil
      else {
        throw StoreError.noSuchAlert(id: alert)
      }
      for track in tracks {
        try database.execute(
          sql: """
            INSERT INTO alert_tracks (alert_id, track_id) SELECT ?, id FROM tracks WHERE id = ?
            ON CONFLICT DO NOTHING
            """, arguments: [alert, track])
      }
    }
  }

  /// The same replay, the same names.
  private func cropName(_ track: TrackObservation, of camera: RunCamera, format: Picture.Format) -> String {
    let best = track.bestSeenAt.millisecondsSince1970
    return "\(camera.runID)/camera-\(camera.cameraID)-track-\(track.ordinal)-\(best)-crop.\(format.rawValue)"
  }

  private func store(_ vector: TrackVector?, of track: Int64, in database: Database) throws {
    try database.execute(sql: "DELETE FROM embeddings WHERE track_id = ?", arguments: [track])
    guard let vector else { return }
    try database.execute(
      sql: "INSERT INTO embeddings (track_id, model_id, dimension, vector) VALUES (?, ?, ?, ?)",
      arguments: [
        track, number(of: vector.model, in: database), vector.halves.count, vector.halves.littleEndianBytes,
      ])
  }
}

/// A row of `tracks`.
private struct TrackRow {
  let track: TrackObservation
  let runCamera: Int64
  let cropFile: String?
  let path: Data

  init(_ track: TrackObservation, of camera: RunCamera, cropFile: String?) throws(StoreError) {
    self.track = track
    self.cropFile = cropFile
    runCamera = camera.id
    path = try TrackPath.encoded(track.path, since: track.firstSeen)
  }

  /// Inserts the row, or updates the one with this id. Returns its id.
  func store(replacing id: Int64?, in database: Database) throws -> Int64 {
    let values: [(String, (any DatabaseValueConvertible)?)] = [
      ("run_camera_id", runCamera), ("ordinal", track.ordinal),
      ("first_seen_ms", track.firstSeen.millisecondsSince1970),
      ("last_seen_ms", track.lastSeen.millisecondsSince1970),
      ("frame_count", track.frameCount), ("quality", track.quality),
      ("best_seen_at_ms", track.bestSeenAt.millisecondsSince1970),
      ("box_x", track.box.x), ("box_y", track.box.y),
      ("box_width", track.box.width), ("box_height", track.box.height),
      ("crop_file", cropFile), ("path", path),
    ]
    return try database.store(values, in: "tracks", replacing: id)
  }
}
