import Foundation

/// What the store asks of the file system, so that tests can see the order and make a step fail.
struct FileOperations: Sendable {
  /// Creates or empties a file and writes all bytes to it.
  var write: @Sendable (_ path: String, _ data: Data) throws(FileError) -> Void
  /// Waits until a file's, or a folder's, content is on the disk.
  var sync: @Sendable (_ path: String) throws(FileError) -> Void
  /// Moves a file over another, atomically.
  var rename: @Sendable (_ path: String, _ newPath: String) throws(FileError) -> Void
  /// Creates a folder. Returns false where it was there.
  var createFolder: @Sendable (_ path: String) throws(FileError) -> Bool
  /// Deletes a file. One that is not there is no error.
  var remove: @Sendable (_ path: String) throws(FileError) -> Void

  /// The real file system.
  static let posix = FileOperations(
    write: { path, data throws(FileError) in
      let file = try descriptor(of: path, flags: O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC)
      defer { close(file) }
      var rest = data[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw FileError(path: path, doing: "writing", code: errno) }
        rest = rest.dropFirst(count)
      }
    },
    sync: { path throws(FileError) in
      let file = try descriptor(of: path, flags: O_RDONLY | O_CLOEXEC)
      defer { close(file) }
      guard fsync(file) == 0 else { throw FileError(path: path, doing: "syncing", code: errno) }
    },
    rename: { path, newPath throws(FileError) in
      guard Foundation.rename(path, newPath) == 0 else {
        throw FileError(path: newPath, doing: "renaming", code: errno)
      }
    },
    createFolder: { path throws(FileError) in
      if mkdir(path, 0o755) == 0 { return true }
      guard errno == EEXIST else { throw FileError(path: path, doing: "creating the folder", code: errno) }
      return false
    },
    remove: { path throws(FileError) in
      guard unlink(path) == 0 || errno == ENOENT else {
        throw FileError(path: path, doing: "deleting", code: errno)
      }
    })
}

/// A failed operation on a file.
struct FileError: Error {
  let path: String
  let doing: String
  /// The value of `errno`.
  let code: Int32

  var reason: String { String(cString: strerror(code)) }
}

private func descriptor(of path: String, flags: Int32) throws(FileError) -> Int32 {
  let file = open(path, flags, 0o644)
  guard file >= 0 else { throw FileError(path: path, doing: "opening", code: errno) }
  return file
}
