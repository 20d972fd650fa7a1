import Foundation
import SystemReason

/// Writes a file whole or not at all.
func writeWhole(_ data: Data, to url: URL) throws(NetworkError) {
  if let obstacle = obstacle(at: url) {
    throw .fileFailed(file: url.path, reason: "cannot be written: \(obstacle)")
  }
  do { try data.write(to: url, options: .atomic) } catch {
    throw .fileFailed(file: url.path, reason: "cannot be written: \(error.systemReason)")
  }
}

func littleEndianBytes(_ values: [Float]) -> Data {
  values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
}

/// What stands here if it is something else than a file: reading a pipe or a device might never end, and writing
/// would put a file in its place.
func obstacle(at url: URL) -> String? {
  var status = stat()
  guard stat(url.path, &status) == 0 else { return nil }
  return switch status.st_mode & S_IFMT {
  case S_IFREG: nil
  case S_IFDIR: "it is a folder"
  default: "it is a pipe or a device"
  }
}
