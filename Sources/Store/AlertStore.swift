public import Foundation
import GRDB
import Synchronization

/// The log of alerts and of people: one SQLite database, and a folder of pictures beside it (`<database>.media`).
///
/// Any number of programs may have the database open; writers wait for each other. Every method is one transaction: it
/// happens wholly, and is on the disk when it returns, or not at all. Methods may be called from any thread, and block.
/// The database is closed when the store goes; runs that are still open then count as interrupted.
public final class AlertStore: Sendable {
  /// What a store is opened for.
  public enum Mode: Sendable {
    /// For reading. Nothing is changed, and nothing need be writable.
    case readOnly
    /// For writing; the database is created where it is missing.
    case readWrite
    /// For writing to a database that must be there.
    case readWriteExisting
  }

  /// The database's path, as it was given.
  public let path: String

  let file: DatabaseFile
  let database: any DatabaseWriter
  let uuid: String
  let media: MediaFolder
  let locks: RunLocks?
  let clock: @Sendable () -> Timestamp
  /// For each `run_cameras.id` of an open replay that was stored before, the ordinals of the alerts that have not come again.
  let missingAlerts = Mutex<[Int64: Set<Int>]>([:])
  /// Likewise, the ordinals of tracks.
  let missingTracks = Mutex<[Int64: Set<Int>]>([:])

  /// Opens the database at a path.
  ///
  /// - Parameters:
  ///   - path: the file. Paths of pictures are relative where this is.
  ///   - clock: what the time is when a person marks an alert. All other times are handed in.
  ///   - busyTimeout: how long to wait for another program's transaction before `StoreError.locked`.
  /// - Throws: `StoreError`, saying why the database cannot be used. Then nothing was changed.
  public convenience init(
    openingAt path: String, mode: Mode, clock: @escaping @Sendable () -> Timestamp = { .now },
    busyTimeout: Duration = .seconds(5)
  ) throws(StoreError) {
    try self.init(
      openingAt: path, mode: mode, clock: clock, busyTimeout: busyTimeout, schema: .current, files: .posix)
  }

  /// Finds out, changing nothing, whether a database can be opened for writing or created.
  ///
  /// - Throws: `StoreError`, as opening it for writing would.
  public static func checkUsable(at url: URL) throws(StoreError) {
    let path = url.path(percentEncoded: false)
    let file = DatabaseFile(path: path, schema: .current, busyTimeout: .seconds(5))
    try MediaFolder(databasePath: path, files: .posix).checkBeforeWriting(to: file, creates: true)
    try file.checkWritable()
  }

  /// Opens the database at a file URL.
  public convenience init(openingAt url: URL, mode: Mode) throws(StoreError) {
    try self.init(openingAt: url.path(percentEncoded: false), mode: mode)
  }

  init(
    openingAt path: String, mode: Mode, clock: @escaping @Sendable () -> Timestamp = { .now },
    busyTimeout: Duration = .seconds(5), schema: Schema = .current, files: FileOperations
  ) throws(StoreError) {
    self.path = path
    self.clock = clock
    media = MediaFolder(databasePath: path, files: files)
    file = DatabaseFile(path: path, schema: schema, busyTimeout: busyTimeout)
    switch mode {
    case .readOnly: database = try file.openForReading()
    case .readWrite, .readWriteExisting:
      let creates = mode == .readWrite
      try media.checkBeforeWriting(to: file, creates: creates)
      database = try file.openForWriting(create: creates ? UUID().uuidString : nil)
    }
    uuid = try Self.uuid(of: database, path: path)
    locks =
      mode == .readOnly ? nil : try Self.preparedLocks(path: path, media: media, uuid: uuid, in: database)
    if mode == .readOnly { try media.check(uuid: uuid, in: database, path: path) }
    guard mode != .readOnly else { return }
    try collectGarbage()
    // Where another program is in the way it stays due, and is told by whoever asked for it and by the check.
    do { try finishErasure() } catch .notErased {}
  }

  fileprivate static func uuid(of database: any DatabaseReader, path: String) throws(StoreError) -> String {
    do {
      let uuid = try database.read { try String.fetchOne($0, sql: "SELECT uuid FROM store") }
      guard let uuid else { throw StoreError.damaged(path: path, detail: "it does not say which one it is") }
      return uuid
    } catch {
      throw .translating(error, path: path, doing: "opening the database")
    }
  }

  private static func preparedLocks(
    path: String, media: MediaFolder, uuid: String, in database: any DatabaseWriter
  ) throws(StoreError) -> RunLocks {
    do {
      // An empty folder is one that a crash kept from getting its name, or that a person put there to go on.
      if media.isEmpty {
        let names = try database.read { try String.fetchAll($0, sql: pictureNames) }
        if names.isEmpty || FileManager.default.fileExists(atPath: media.path) { try media.adopt(uuid: uuid) }
      }
      try media.check(uuid: uuid, in: database, path: path)
      return try RunLocks(path: media.lockPath)
    } catch {
      throw .translating(error, path: path, doing: "opening the media folder")
    }
  }

  /// The names of all pictures that alerts and tracks have.
  static let pictureNames = """
    \(pictureNamesWithoutPeople) UNION ALL SELECT crop_file FROM tracks WHERE crop_file IS NOT NULL
    """

  /// Likewise, in databases of before there were tracks.
  static let pictureNamesWithoutPeople = """
    SELECT snapshot_file AS file FROM alerts WHERE snapshot_file IS NOT NULL
    UNION ALL SELECT heat_map_file FROM alerts WHERE heat_map_file IS NOT NULL
    """

  // MARK: - Transactions

  func read<Value>(_ doing: String, _ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try database.read(body) } catch { throw .translating(error, path: path, doing: doing) }
  }

  /// One immediate transaction.
  func write<Value>(_ doing: String, _ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try database.write(body) } catch { throw .translating(error, path: path, doing: doing) }
  }
}

extension MediaFolder {
  /// Refuses a folder that is not the database's before anything is changed.
  ///
  /// - Parameter creates: whether a missing database will be created; a folder that was left behind is kept for its own.
  func checkBeforeWriting(to file: DatabaseFile, creates: Bool) throws(StoreError) {
    guard let (database, version) = try file.openAsItIs() else {
      guard creates, let owner = uuid else { return }
      throw .mediaMismatch(
        path: path,
        reason:
          "the folder belongs to database \(owner), which is missing at \(file.path): restore that database, or "
          + "move the folder away")
    }
    // An empty folder is adopted.
    if isEmpty, FileManager.default.fileExists(atPath: path) { return }
    try check(
      uuid: AlertStore.uuid(of: database, path: file.path), in: database, path: file.path,
      pictureNames: version < Schema.firstWithPeople
        ? AlertStore.pictureNamesWithoutPeople : AlertStore.pictureNames)
  }

  /// Refuses a folder that is not the database's.
  func check(
    uuid: String, in database: any DatabaseReader, path: String,
    pictureNames: String = AlertStore.pictureNames
  ) throws(StoreError) {
    guard let problem = problem(uuid: uuid) else { return }
    do {
      // A folder that was never needed may be missing: to a reader that is no harm.
      let count = try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM (\(pictureNames))") }
      if isEmpty && count == 0 { return }
    } catch {
      throw .translating(error, path: path, doing: "opening the media folder")
    }
    throw .mediaMismatch(path: self.path, reason: problem)
  }

  /// Why this is not the database's folder, nil where it is.
  func problem(uuid: String) -> String? {
    if isForbidden {
      return
        "this user may not look into it: ask as the user that writes it, for instance with `sudo -u analytics`"
    }
    if let found = self.uuid {
      return found == uuid
        ? nil
        : "the folder belongs to another database (\(found), not \(uuid)): bring the right folder back beside the "
          + "database"
    }
    if !FileManager.default.fileExists(atPath: path) {
      return
        "the folder with the database's pictures is missing: bring it back, or create an empty one to go on "
        + "without the pictures"
    }
    return "the folder does not say which database it belongs to: its file `uuid` is missing"
  }
}
