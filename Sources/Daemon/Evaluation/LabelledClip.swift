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
  /// - Throws: `EvaluationError`, `AnomalyError.labels` and `.unreadableLabels`.
  static func clips(in folder: URL, labels: URL) throws -> [LabelledClip] {
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
    return clips
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
