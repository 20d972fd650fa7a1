import Foundation
import GRDB
import TestKit

@testable import Store

/// A new folder with a place for a database, deleted with the fixture.
final class Fixture: Sendable {
  let folder: String
  var path: String { folder + "/alerts.db" }
  var media: MediaFolder { MediaFolder(databasePath: path, files: .posix) }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The store, whose clock always says 2026-11-21T12:00:00Z.
  func store(
    _ mode: AlertStore.Mode = .readWrite, busyTimeout: Duration = .milliseconds(1), schema: Schema = .current,
    files: FileOperations = .posix
  ) throws -> AlertStore {
    try AlertStore(
      openingAt: path, mode: mode, clock: { .noon }, busyTimeout: busyTimeout, schema: schema, files: files)
  }

  /// Another program's connection to the database.
  func connection() throws -> DatabaseQueue { try DatabaseQueue(path: path) }

  /// All rows of a table, as text.
  func rows(_ table: String) throws -> [String] {
    try connection().read { try Row.fetchAll($0, sql: "SELECT * FROM \(table)").map(\.debugDescription) }
  }
}

extension Timestamp {
  static let noon = Timestamp(millisecondsSince1970: 1_795_262_400_000)

  /// So many seconds after noon.
  static func noon(_ seconds: Double) -> Timestamp { noon + .milliseconds(Int64((1000 * seconds).rounded())) }
}

extension Run {
  static func replay(_ id: String = "r1") -> Run {
    Run(id: id, kind: .replay, startedAt: .noon, programVersion: "1.0", clipDigest: "abc")
  }

  static func live(_ id: String = "l1") -> Run {
    Run(id: id, kind: .live, startedAt: .noon, programVersion: "1.0")
  }
}

extension AlertObservation {
  /// An alert from one second after noon to another, peaking half-way.
  static func example(
    _ ordinal: Int, from start: Double = 1, to end: Double? = nil, kind: AlertKind = .irregular,
    regularity: Double = 0.25, evidence: AlertEvidence? = nil
  ) -> AlertObservation {
    AlertObservation(
      ordinal: ordinal, kind: kind, startedAt: .noon(start), peakedAt: .noon((start + (end ?? start)) / 2),
      endedAt: end.map { .noon($0) }, regularity: regularity, threshold: 0.5, evidence: evidence,
      box: PictureBox(x: 0.25, y: 0.5, width: 0.125, height: 0.25))
  }
}

extension TrackObservation {
  /// A person in view from one second after noon to another, best seen half-way.
  static func person(_ ordinal: Int, from start: Double = 1, to end: Double = 2) -> TrackObservation {
    TrackObservation(
      ordinal: ordinal, firstSeen: .noon(start), lastSeen: .noon(end), frameCount: 12, quality: 0.75,
      bestSeenAt: .noon((start + end) / 2), box: PictureBox(x: 0.25, y: 0.5, width: 0.125, height: 0.25),
      path: [
        TrackPoint(seenAt: .noon(start), box: PictureBox(x: 0, y: 0.5, width: 0.125, height: 0.25)),
        TrackPoint(seenAt: .noon(end), box: PictureBox(x: 1, y: 0.5, width: 0.125, height: 0.25)),
      ])
  }
}

extension TrackVector {
  /// A random direction of 256 numbers that belongs to a seed.
  static func example(_ seed: UInt64, model: String = "model-a", dimension: Int = 256) -> TrackVector {
    var random = SplitMix64(seed: seed)
    let numbers = (0..<dimension).map { _ in Double(random.float(in: -1...1)) }
    let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return TrackVector(
      model: ModelDescription(hash: model, name: "msp-cnn", path: "\(model).safetensors"),
      halves: numbers.map { Float16($0 / length).bitPattern })
  }
}

extension Picture {
  static let crop = Picture(Data("a crop of somebody".utf8), format: .jpeg)
  static let snapshot = Picture(Data("a snapshot".utf8), format: .jpeg)
  static let heatMap = Picture(Data("a heat map".utf8), format: .png)
}
