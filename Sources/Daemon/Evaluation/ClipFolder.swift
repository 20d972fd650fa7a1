import Foundation

/// The clips of a folder, by name.
struct ClipFolder {
  /// The clips, in the order of their names.
  let clips: [URL]

  /// Lists a folder, those below it included; what is hidden or plainly no video is left out.
  ///
  /// - Throws: `EvaluationError.unreadable`, `.noClips`.
  init(_ folder: URL) throws(EvaluationError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw .unreadable(path: folder.path, reason: "it is no folder")
    }
    let files = FileManager.default.enumerator(
      at: folder.resolvingSymlinksInPath(), includingPropertiesForKeys: [.isRegularFileKey],
      options: [.skipsHiddenFiles])
    let videos = (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { file in
      let target = try? file.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey])
      return target?.isRegularFile == true
        && !Self.otherExtensions.contains(file.pathExtension.lowercased())
    }
    guard !videos.isEmpty else { throw .noClips(folder: folder.path) }
    clips = videos.sorted { $0.path < $1.path }
  }

  private static let otherExtensions: Set<String> = [
    "csv", "tar", "txt", "md", "json", "png", "jpg", "jpeg", "html", "zip", "gz", "m", "mat", "sha256",
    "yaml", "yml",
  ]

  /// A clip's path without extension, relative to a folder; its absolute path where it lies elsewhere.
  static func name(of clip: URL, relativeTo folder: URL) -> String {
    // Folders may be links to each other; a clip that is a link goes by its own name.
    let path = clip.deletingLastPathComponent().resolvingSymlinksInPath()
      .appending(path: clip.deletingPathExtension().lastPathComponent).path
    let root = folder.resolvingSymlinksInPath().path
    let prefix = root.hasSuffix("/") ? root : root + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }
}
