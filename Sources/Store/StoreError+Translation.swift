import Foundation
import GRDB

extension StoreError {
  /// What an error of SQLite, of the file system or of the store itself means for the user.
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - doing: what was going on, as a noun: "storing alert 3 of camera door".
  static func translating(_ error: any Error, path: String, doing: String) -> StoreError {
    switch error {
    case let error as StoreError: error
    case let error as FileError: translating(error, doing: doing)
    case let error as DatabaseError: translating(error, path: path, doing: doing)
    default: .inputOutput(path: path, doing: doing, reason: "\(error)")
    }
  }

  private static func translating(_ error: DatabaseError, path: String, doing: String) -> StoreError {
    let reason = error.message ?? error.resultCode.description
    if error.extendedResultCode == .SQLITE_IOERR_SHMSIZE { return .diskFull(path: path, lost: doing) }
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .locked(path: path)
    case .SQLITE_FULL: return .diskFull(path: path, lost: doing)
    case .SQLITE_CORRUPT: return .damaged(path: path, detail: reason)
    case .SQLITE_NOTADB: return .notADatabase(path: path, reason: reason)
    case .SQLITE_READONLY, .SQLITE_PERM: return .readOnly(path: path)
    case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH: return .invalidValue("\(doing): \(reason)")
    default: return .inputOutput(path: path, doing: doing, reason: reason)
    }
  }

  private static func translating(_ error: FileError, doing: String) -> StoreError {
    switch error.code {
    case ENOSPC, EDQUOT: .diskFull(path: error.path, lost: doing)
    case EACCES, EPERM, EROFS: .folderNotWritable(path: parent(of: error.path), reason: error.reason)
    default: .inputOutput(path: error.path, doing: "\(doing): \(error.doing)", reason: error.reason)
    }
  }
}
