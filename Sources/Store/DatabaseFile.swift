import Foundation
import GRDB
import SystemReason

/// Opens the SQLite file: looks before it touches, so that a file that is not ours, or too new, is never changed.
struct DatabaseFile {
  let path: String
  let schema: Schema
  /// How long to wait for another program's lock.
  let busyTimeout: Duration

  /// What SQLite opens. It takes a name such as `:memory:` or `file:x` for something else than a file.
  private var openable: String { Self.openable(path) }

  private static func openable(_ path: String) -> String { path.hasPrefix("/") ? path : "./" + path }

  /// What stands at the path.
  enum Content: Equatable {
    /// Nothing, or a database without tables.
    case nothing
    /// This program's database of this or an older version.
    case database(version: Int)
  }

  /// Opens for reading only. Neither the file nor its folder need be writable.
  func openForReading() throws(StoreError) -> DatabaseQueue {
    switch try content() {
    case .nothing: throw .notADatabase(path: path, reason: "it is empty")
    case .database(let version) where version < schema.version:
      throw .olderSchema(path: path, found: version, known: schema.version)
    case .database: return try readOnlyQueue()
    }
  }

  /// Opens a database for reading whose tables may be of an older version, and says which; nil where there is none.
  func openAsItIs() throws(StoreError) -> (database: DatabaseQueue, version: Int)? {
    guard try fileExists(), case .database(let version) = try content() else { return nil }
    return (try readOnlyQueue(), version)
  }

  /// Opens for a check, which changes nothing. On a connection that could not write, SQLite knows no CHECK constraints,
  /// so where writing is possible it is only forbidden.
  func openForChecking() throws(StoreError) -> DatabaseQueue {
    let readOnly = try openForReading()
    guard access(path, W_OK) == 0, access(parent(of: path), W_OK) == 0 else { return readOnly }
    var configuration = configuration()
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA query_only = ON") }
    do {
      return try readable(DatabaseQueue(path: openable, configuration: configuration))
    } catch {
      throw .translating(error, path: path, doing: "opening the database")
    }
  }

  /// Opens for writing, after creating or migrating the tables where that is needed.
  ///
  /// - Parameter create: whether a missing database is created, with this UUID.
  func openForWriting(create uuid: String?) throws(StoreError) -> DatabasePool {
    let found = try fileExists() ? content() : .nothing
    if found == .nothing && uuid == nil { throw .missing(path: path) }
    try checkWritable()
    do {
      let pool = try DatabasePool(path: openable, configuration: configuration())
      // The pool has set NORMAL, with which the last transactions may be lost in a power failure.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      switch found {
      case .nothing: try create(in: pool, uuid: uuid ?? "")
      case .database(let version): try migrate(pool, from: version)
      }
      return pool
    } catch {
      throw .translating(error, path: path, doing: "opening the database")
    }
  }

  /// Looks at the file without changing it.
  func content() throws(StoreError) -> Content {
    guard try fileExists() else { throw .missing(path: path) }
    do {
      return try readOnlyQueue().read(content(in:))
    } catch {
      throw .translating(error, path: path, doing: "opening the database")
    }
  }

  private func content(in database: Database) throws -> Content {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
    if tables == 0 && application == 0 && version == 0 { return .nothing }
    guard application == Schema.applicationID, version > 0 else {
      throw StoreError.notADatabase(path: path, reason: "another program made it")
    }
    guard version <= schema.version else {
      throw StoreError.newerSchema(path: path, found: version, known: schema.version)
    }
    return .database(version: version)
  }

  // MARK: - Creating and migrating

  private func create(in pool: DatabasePool, uuid: String) throws {
    try pool.write { database in
      guard try content(in: database) == .nothing else { return }
      try database.execute(sql: schema.sql)
      try database.execute(sql: "INSERT INTO store (only_row, uuid) VALUES (1, ?)", arguments: [uuid])
      try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
      try database.execute(sql: "PRAGMA user_version = \(schema.version)")
    }
    try FileOperations.posix.sync(parent(of: path))
  }

  private func migrate(_ pool: DatabasePool, from version: Int) throws {
    for older in version..<schema.version {
      guard let step = schema.steps[older] else {
        throw StoreError.notADatabase(path: path, reason: "its schema \(older) was never released")
      }
      try backUp(pool, version: older)
      try pool.writeWithoutTransaction { database in
        // Steps may rebuild tables that others refer to; the references are checked before the commit.
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
        try database.inTransaction(.immediate) {
          // Another program may have been faster.
          guard try content(in: database) == .database(version: older) else { return .rollback }
          try database.execute(sql: step)
          try database.checkForeignKeys()
          try database.execute(sql: "PRAGMA user_version = \(older + 1)")
          return .commit
        }
      }
    }
  }

  /// Copies the database to `<database>.schema-<version>.backup`, or with a number where that exists.
  private func backUp(_ pool: DatabasePool, version: Int) throws {
    let plain = "\(path).schema-\(version).backup"
    var target = plain
    var number = 2
    while FileManager.default.fileExists(atPath: target) {
      target = "\(plain)-\(number)"
      number += 1
    }
    try pool.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [target]) }
    try FileOperations.posix.sync(target)
    try FileOperations.posix.sync(parent(of: target))
  }

  // MARK: - Backups

  /// The paths of the copies that migrations have made.
  func backups() throws(StoreError) -> [String] {
    let folder = parent(of: path)
    let prefix = "\(URL(filePath: path).lastPathComponent).schema-"
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasPrefix(prefix) && $0.contains(".backup") }.sorted().map { "\(folder)/\($0)" }
    } catch {
      throw .inputOutput(path: folder, doing: "looking for backups", reason: error.systemReason)
    }
  }

  /// Opens a copy that a migration has made for writing; nil where it is too old to have people in it, or no database.
  func openBackupWithPeople(at path: String) throws -> DatabaseQueue? {
    do {
      let backup = try DatabaseQueue(path: Self.openable(path), configuration: configuration())
      guard case .database(let version) = try backup.read(content(in:)) else { return nil }
      return version >= Schema.firstWithPeople ? backup : nil
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      return nil
    } catch StoreError.notADatabase {
      return nil
    }
  }

  // MARK: - The file

  private func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(busyTimeout / .seconds(1))
    configuration.label = "analytics.store"
    // What is deleted is overwritten in place.
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
    return configuration
  }

  private func readOnlyQueue() throws(StoreError) -> DatabaseQueue {
    var configuration = configuration()
    configuration.readonly = true
    do {
      return try readable(DatabaseQueue(path: openable, configuration: configuration))
    } catch let error as DatabaseError where isSettled && error.resultCode == .SQLITE_CANTOPEN {
      return try settledQueue(configuration)
    } catch let error as DatabaseError where isSettled && error.resultCode == .SQLITE_READONLY {
      return try settledQueue(configuration)
    } catch {
      throw .translating(error, path: path, doing: "opening the database")
    }
  }

  /// SQLite reads a database with a write-ahead log only where it may create that log. Where it may not, and no log is
  /// there, nobody is writing, and the file can be read as it is.
  private func settledQueue(_ configuration: Configuration) throws(StoreError) -> DatabaseQueue {
    let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    do {
      return try readable(DatabaseQueue(path: "file:\(escaped)?immutable=1", configuration: configuration))
    } catch {
      throw .translating(error, path: path, doing: "opening the database")
    }
  }

  private var isSettled: Bool { !FileManager.default.fileExists(atPath: path + "-wal") }

  /// Reads once, because SQLite opens files lazily.
  private func readable(_ queue: DatabaseQueue) throws -> DatabaseQueue {
    _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
    return queue
  }

  private func fileExists() throws(StoreError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return false }
      if errno == EACCES { throw .notReadable(path: path) }
      throw .translating(FileError(path: path, doing: "opening", code: errno), path: path, doing: "opening")
    }
    if status.st_mode & S_IFMT == S_IFDIR { throw .isDirectory(path: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notADatabase(path: path, reason: "it is a pipe or a device")
    }
    if access(path, R_OK) != 0, errno == EACCES { throw .notReadable(path: path) }
    return true
  }

  /// Refuses a file, or a folder for one, that may not be written.
  func checkWritable() throws(StoreError) {
    if access(path, F_OK) == 0 && access(path, W_OK) != 0 { throw .readOnly(path: path) }
    let folder = parent(of: path)
    if access(folder, W_OK | X_OK) != 0 {
      throw .folderNotWritable(path: folder, reason: String(cString: strerror(errno)))
    }
  }
}
