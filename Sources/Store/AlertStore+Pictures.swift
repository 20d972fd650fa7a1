import Foundation
import SystemReason

extension AlertStore {
  /// What a picture of an alert shows.
  public enum PictureKind: String, Sendable {
    /// What the camera saw.
    case snapshot
    /// Where it was irregular.
    case heatMap = "heat map"
  }

  /// Copies one of an alert's pictures to a file, whole or not at all, or into a pipe.
  ///
  /// - Throws: `StoreError.noPicture` where the alert has none.
  public func copyPicture(_ kind: PictureKind, of alert: Alert, to path: String) throws(StoreError) {
    let source = kind == .snapshot ? alert.snapshot : alert.heatMap
    guard let source else { throw .noPicture(id: alert.id, kind: kind.rawValue) }
    try copy(source, to: path, doing: "writing the \(kind.rawValue)")
  }

  /// Copies a track's crop to a file, whole or not at all, or into a pipe.
  ///
  /// - Throws: `StoreError.noCrop` where the track has none.
  public func copyCrop(of track: Track, to path: String) throws(StoreError) {
    guard let source = track.crop else { throw .noCrop(id: track.id) }
    try copy(source, to: path, doing: "writing the crop")
  }

  private func copy(_ source: String, to path: String, doing: String) throws(StoreError) {
    let data = try contents(of: source)
    guard !data.isEmpty else {
      throw .inputOutput(
        path: source, doing: "reading the picture", reason: "it is empty; see `analytics check`")
    }
    // A file is put in place whole; a pipe, a device or a link, such as /dev/stdout, is written to and not replaced.
    var status = stat()
    let isFile = lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    do {
      try data.write(to: URL(filePath: path), options: isFile ? .atomic : [])
    } catch {
      throw .inputOutput(path: path, doing: doing, reason: error.systemReason)
    }
  }

  private func contents(of path: String) throws(StoreError) -> Data {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .inputOutput(path: path, doing: "reading the picture", reason: error.systemReason)
    }
  }
}
