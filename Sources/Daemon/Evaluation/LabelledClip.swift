import Anomaly
import Decode
import Foundation

/// A test clip of a benchmark with its labels.
struct LabelledClip {
  let url: URL
  /// What the labels call it.
  let name: String
  /// Whether each frame of the file is irregular.
  let labels: [Bool]

  /// The clips of a folder that are labelled in a file, in the order of their names.
  ///
  /// - Parameter remark: takes what the user should know: clips without labels, and labels without a clip.
  /// - Throws: `EvaluationError`, `AnomalyError.labels` and `.unreadableLabels`.
  static func clips(in folder: URL, labels: URL, remark: (String) -> Void) throws -> [LabelledClip] {
    let labelled = try FrameLabels(contentsOf: labels).clips
    let root = labels.deletingLastPathComponent()
    let files = try ClipFolder(folder).clips
    let clips = files.compactMap { file -> LabelledClip? in
      let name = ClipFolder.name(of: file, relativeTo: root)
      return labelled[name].map { LabelledClip(url: file, name: name, labels: $0) }
    }
    guard !clips.isEmpty else {
      throw EvaluationError.noLabelledClip(
        folder: folder.path, labels: labels.path,
        example: files.first.map { ClipFolder.name(of: $0, relativeTo: root) } ?? "")
    }
    try checkNames(clips)
    let unlabelled = files.map { ClipFolder.name(of: $0, relativeTo: root) }.filter { labelled[$0] == nil }
    let missing = Set(labelled.keys).subtracting(clips.map(\.name)).sorted()
    if let first = unlabelled.first {
      remark("\(folder.path): \(count(unlabelled)) not labelled and left out, first \"\(first)\"")
    }
    if let first = missing.first {
      remark("\(labels.path): \(count(missing)) labelled but not in \(folder.path), first \"\(first)\"")
    }
    return clips
  }

  private static func count(_ names: [String]) -> String {
    names.count == 1 ? "1 clip is" : "\(names.count) clips are"
  }

  /// Labels belong to a name without its extension, which two clips may share.
  private static func checkNames(_ clips: [LabelledClip]) throws(EvaluationError) {
    var named: [String: LabelledClip] = [:]
    for clip in clips {
      if let other = named.updateValue(clip, forKey: clip.name) {
        throw .sameName(name: clip.name, first: other.url.path, second: clip.url.path)
      }
    }
  }

  /// Hands all frames over, and refuses labels for another number of frames than the file has.
  func read(_ options: ReaderOptions, _ take: (Frame) throws -> Void = { _ in }) throws {
    let reader = try VideoReader(MediaLocation(file: url), options: options)
    while let frame = try reader.next() { try take(frame) }
    guard reader.sourceFrameCount == labels.count else {
      throw EvaluationError.frameCount(clip: url.path, frames: reader.sourceFrameCount, labels: labels.count)
    }
  }

  /// Reads the clip through, scoring nothing.
  func checkFrameCount(_ cancellation: Cancellation) throws {
    try read(ReaderOptions(analysisFramesPerSecond: 0.01, cancellation: cancellation))
  }
}
