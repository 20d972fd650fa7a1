import Foundation
import GRDB

/// A file about to be written: its name in the media folder, and its bytes.
struct NewFile {
  let name: String
  let data: Data
}

extension AlertStore {
  /// Stores rows and the files that they name, in one transaction: the files are on the disk before the rows are seen.
  ///
  /// The names stand among the garbage until then, so that the files are deleted should the program die in between. The
  /// write lock is held while they are written, so that no program's collection sees a file without its row.
  func write<Value>(
    _ doing: String, with files: [NewFile], _ rows: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    while true {
      if !files.isEmpty {
        try write(doing) { database in for file in files { try discard(file.name, in: database) } }
      }
      let value: Value? = try write(doing) { database in
        // Another program's collection may have come in between.
        guard try files.allSatisfy({ try isDiscarded($0.name, in: database) }) else { return nil }
        let value = try rows(database)
        for file in files {
          try media.write(file.data, to: file.name)
          try database.execute(sql: "DELETE FROM garbage WHERE file = ?", arguments: [file.name])
        }
        return value
      }
      if let value { return value }
    }
  }

  /// Deletes the files that rows no longer name. Happens by itself; a file that is merely unknown is never deleted.
  ///
  /// What cannot be deleted, in somebody else's folder for instance, is tried again next time: an old picture is no reason to
  /// keep a new alert out.
  ///
  /// - Returns: why a file could not be deleted; nil where all are gone.
  @discardableResult
  func collectGarbage() throws(StoreError) -> FileError? {
    let isEmpty = try read("deleting old pictures") {
      try Row.fetchOne($0, sql: "SELECT 1 FROM garbage LIMIT 1") == nil
    }
    guard !isEmpty else { return nil }
    return try write("deleting old pictures") { database in
      var removed: [String] = []
      var failure: FileError?
      for name in try String.fetchAll(database, sql: "SELECT file FROM garbage") {
        let isStillNamed = try isNamed(name, in: database)
        do throws(FileError) {
          if isStillNamed { try media.removeTemporary(name) } else { try media.remove(name) }
          removed.append(name)
        } catch {
          failure = error
        }
      }
      do throws(FileError) { try media.syncFolders(of: removed) } catch { return error }
      for name in removed {
        try database.execute(sql: "DELETE FROM garbage WHERE file = ?", arguments: [name])
      }
      return failure
    }
  }

  // MARK: - Within a transaction

  /// Has a file deleted soon after the commit.
  func discard(_ file: String?, in database: Database) throws {
    guard let file else { return }
    try database.execute(
      sql: "INSERT INTO garbage (file) VALUES (?) ON CONFLICT DO NOTHING", arguments: [file])
  }

  private func isDiscarded(_ file: String, in database: Database) throws -> Bool {
    try Row.fetchOne(database, sql: "SELECT 1 FROM garbage WHERE file = ?", arguments: [file]) != nil
  }

  private func isNamed(_ file: String, in database: Database) throws -> Bool {
    try Row.fetchOne(
      database,
      sql: """
        SELECT 1 FROM alerts WHERE snapshot_file = :file OR heat_map_file = :file
        UNION ALL SELECT 1 FROM tracks WHERE crop_file = :file
        """, arguments: ["file": file]) != nil
  }
}
