import Foundation

/// Finds out, in the system's own terms, why a file cannot be read.
enum FileProbe {
  /// nil for a readable, non-empty file.
  static func failure(reading path: String) -> DecodeError? {
    var status = stat()
    guard stat(path, &status) == 0 else { return failure(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return DecodeError(.inputOutput, path, "is a folder, not a file")
    case S_IFREG where status.st_size == 0:
      return DecodeError(.unreadable, path, "the file is empty (0 bytes)")
    case let kind where kind != S_IFREG:
      return DecodeError(
        .inputOutput, path, "is a pipe or a device; save it as a file first")
    default: return access(path, R_OK) == 0 ? nil : failure(path, errno)
    }
  }

  private static func failure(_ path: String, _ code: Int32) -> DecodeError {
    let reason = String(cString: strerror(code))
    return switch code {
    case ENOENT, ENOTDIR: DecodeError(.notFound, path, "there is no such file")
    case EACCES, EPERM: DecodeError(.accessDenied, path, "reading it is not permitted (\(reason))")
    default: DecodeError(.inputOutput, path, "cannot be opened: \(reason)")
    }
  }
}
