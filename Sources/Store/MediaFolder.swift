import Foundation

/// The folder beside a database that holds its pictures: `<database>.media`.
///
/// It carries the database's UUID in the file `uuid`, so that a folder is never taken for another database's.
struct MediaFolder: Sendable {
  let path: String
  let files: FileOperations

  init(databasePath: String, files: FileOperations) {
    path = databasePath + ".media"
    self.files = files
  }

  /// The path of a file whose name is known to the database.
  func path(of name: String) -> String { "\(path)/\(name)" }

  /// The file whose bytes are locked by the programs that write runs.
  var lockPath: String { "\(path)/\(Self.lockName)" }

  /// The UUID the folder carries, nil where it carries none.
  var uuid: String? {
    guard let text = try? String(contentsOfFile: "\(path)/\(Self.uuidName)", encoding: .utf8) else {
      return nil
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Whether there is no such folder, or nothing in it.
  var isEmpty: Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty ?? true
  }

  /// Whether it is there, but this user may not read it.
  var isForbidden: Bool { access(path, R_OK | X_OK) != 0 && errno == EACCES }

  /// Creates the folder where it is missing and gives it the UUID. Afterwards all of it is on the disk.
  func adopt(uuid: String) throws(FileError) {
    if try files.createFolder(path) { try files.sync(parent(of: path)) }
    try write(Data("\(uuid)\n".utf8), to: Self.uuidName)
  }

  /// Writes a file so that after a crash it is there whole or not at all: temporary file, sync, rename, sync of the
  /// folder. Afterwards it is on the disk.
  func write(_ data: Data, to name: String) throws(FileError) {
    let target = path(of: name)
    let temporary = target + Self.temporarySuffix
    if try files.createFolder(parent(of: target)) { try files.sync(path) }
    try files.write(temporary, data)
    try files.sync(temporary)
    try files.rename(temporary, target)
    try files.sync(parent(of: target))
  }

  /// Deletes a file, what an interrupted `write` may have left of it, and its folder where that is empty now.
  func remove(_ name: String) throws(FileError) {
    try files.remove(path(of: name))
    try removeTemporary(name)
    rmdir(parent(of: path(of: name)))
  }

  /// Deletes what an interrupted `write` may have left of a file, but not the file.
  func removeTemporary(_ name: String) throws(FileError) {
    try files.remove(path(of: name) + Self.temporarySuffix)
  }

  /// Waits until the deletion of files is on the disk.
  func syncFolders(of names: [String]) throws(FileError) {
    for folder in Set(names.map { parent(of: path(of: $0)) }).sorted() {
      // One that is empty was deleted as well.
      try files.sync(access(folder, F_OK) == 0 ? folder : path)
    }
  }

  /// The names of all files in the folder but its own two, sorted.
  func names() -> [String] {
    let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return found.filter { name in
      var status = stat()
      let isFile = lstat(self.path(of: name), &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
      return isFile && name != Self.uuidName && name != Self.lockName
    }.sorted()
  }

  /// The size of a file in bytes, nil where it is not there.
  func size(of name: String) -> Int? {
    var status = stat()
    return stat(path(of: name), &status) == 0 ? Int(status.st_size) : nil
  }

  static let temporarySuffix = ".tmp"
  private static let uuidName = "uuid"
  private static let lockName = "runs.lock"
}

/// The folder a path lies in.
func parent(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
