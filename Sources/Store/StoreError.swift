/// Why the alert log could not be opened, read or written. Says what was lost and what to do.
public enum StoreError: Error, Hashable {
  /// There is no database at this path.
  case missing(path: String)
  /// The path is a folder.
  case isDirectory(path: String)
  /// The file is not this program's database.
  case notADatabase(path: String, reason: String)
  /// This user may not read the database.
  case notReadable(path: String)
  /// The database may be read but not written.
  case readOnly(path: String)
  /// A newer version of the program has written the database.
  case newerSchema(path: String, found: Int, known: Int)
  /// An older version has written the database, and reading must not change it.
  case olderSchema(path: String, found: Int, known: Int)
  /// SQLite says that the file is damaged.
  case damaged(path: String, detail: String)
  /// Another program holds the database.
  case locked(path: String)
  /// Another program is writing this run.
  case runInUse(id: String)
  /// Files cannot be created in this folder.
  case folderNotWritable(path: String, reason: String)
  /// The disk is full. `lost` says what could not be written.
  case diskFull(path: String, lost: String)
  /// The media folder is another database's, or gone.
  case mediaMismatch(path: String, reason: String)
  /// No alert has this number.
  case noSuchAlert(id: Int64)
  /// The alert has no such picture.
  case noPicture(id: Int64, kind: String)
  /// No track has this number.
  case noSuchTrack(id: Int64)
  /// The track has no crop.
  case noCrop(id: Int64)
  /// People are forgotten, but some of their bytes could not be overwritten yet.
  case notErased(path: String, reason: String)
  /// This text is not a cursor of this database.
  case badCursor(String, String)
  /// A value that the schema does not allow.
  case invalidValue(String)
  /// Reading or writing failed otherwise.
  case inputOutput(path: String, doing: String, reason: String)
}

extension StoreError: CustomStringConvertible {
  /// What happened, where, and what to do.
  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): there is no such database. Name the right one with --database; `analytics replay` and "
        + "`analytics run` create it."
    case .isDirectory(let path):
      "\(path): this is a folder, not a database. Name the file in it."
    case .notADatabase(let path, let reason):
      "\(path): this is not an alert database: \(reason). Nothing was changed; name another file."
    case .notReadable(let path):
      "\(path): this user may not read it. Ask as the user that writes it, for instance with `sudo -u analytics` before the "
        + "command."
    case .readOnly(let path):
      "\(path): the database may not be written. Nothing was changed; allow writing it, or name another file."
    case .newerSchema(let path, let found, let known):
      "\(path): a newer version of analytics wrote this database (schema \(found), this one knows \(known)). "
        + "Nothing was changed; install that version, or restore the backup made before the change."
    case .olderSchema(let path, let found, let known):
      "\(path): an older version of analytics wrote this database (schema \(found), this one reads \(known)). "
        + "Start `analytics run` once: it makes a backup and brings the database up to date."
    case .damaged(let path, let detail):
      "\(path): the database is damaged: \(detail). What was not yet stored is lost; keep the file, see "
        + "`analytics check`, save what can be read with `sqlite3 \(path) .recover`, or restore a backup."
    case .locked(let path):
      "\(path): the database is locked by another program. Nothing was changed; try again."
    case .runInUse(let id):
      "run \(id) is being written by another program. Nothing was changed; wait for its end and try again."
    case .folderNotWritable(let path, let reason):
      "\(path): files cannot be created in this folder: \(reason). Nothing was changed; allow writing there."
    case .diskFull(let path, let lost):
      "\(path): the disk is full. Not stored: \(lost). What was stored before is whole; free some space."
    case .mediaMismatch(let path, let reason):
      "\(path): \(reason). Nothing was changed."
    case .noSuchAlert(let id):
      "there is no alert \(id). `analytics alerts` lists them."
    case .noPicture(let id, let kind):
      "alert \(id) has no \(kind)."
    case .noSuchTrack(let id):
      "there is no track \(id). `analytics people` lists them."
    case .noCrop(let id):
      "track \(id) has no crop."
    case .notErased(let path, let reason):
      "the people are forgotten, but copies of what was deleted may be left in \(path) and its log: \(reason) They "
        + "are overwritten when the database is next opened for writing; `analytics check` says whether that is done."
    case .badCursor(let text, let reason):
      "cursor \(text): \(reason)."
    case .invalidValue(let reason):
      "not stored: \(reason)."
    case .inputOutput(let path, let doing, let reason):
      "\(path): \(doing) failed: \(reason)."
    }
  }
}
