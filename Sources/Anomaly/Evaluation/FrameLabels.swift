public import Foundation
import SystemReason

/// Which frames of which clips are irregular.
///
/// Text with one line a frame, `clip,frame_index,anomalous`: the clip's path without extension, the 0-based index of the
/// frame, and 0 or 1. A first line that says just these names is skipped. A clip's frames are numbered without gaps, in
/// any order.
public struct FrameLabels: Sendable, Hashable {
  /// Whether each frame is irregular, by clip.
  public let clips: [String: [Bool]]

  /// Reads a label file.
  ///
  /// - Throws: `AnomalyError.unreadableLabels`, or `.labels` with the line.
  public init(contentsOf file: URL) throws(AnomalyError) {
    let text: String
    do {
      text = try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw .unreadableLabels(file: file.path, reason: error.systemReason)
    }
    try self.init(parsing: text, file: file.path)
  }

  /// Reads labels from text; `file` names it in errors.
  public init(parsing text: String, file: String) throws(AnomalyError) {
    var clips: [String: [Int: Entry]] = [:]
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in zip(1..., lines) {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      if fields == [""] || number == 1 && fields == ["clip", "frame_index", "anomalous"] { continue }
      let entry = try Self.entry(fields, file: file, line: number)
      if let earlier = clips[entry.clip, default: [:]].updateValue(entry, forKey: entry.frame) {
        throw .labels(
          file: file, line: number,
          reason: "frame \(entry.frame) of \(entry.clip) was labelled before, in line \(earlier.line)")
      }
    }
    self.clips = try Self.withoutGaps(clips, file: file)
  }

  private struct Entry {
    let clip: String
    let frame: Int
    let isAnomalous: Bool
    let line: Int
  }

  private static func entry(_ fields: [String], file: String, line: Int) throws(AnomalyError) -> Entry {
    func fail(_ reason: String) -> AnomalyError { .labels(file: file, line: line, reason: reason) }
    guard fields.count == 3 else { throw fail("\(fields.count) fields in place of 3") }
    guard !fields[0].isEmpty else { throw fail("the clip has no name") }
    guard let frame = Int(fields[1]), frame >= 0 else { throw fail("\"\(fields[1])\" is not a frame index") }
    guard ["0", "1"].contains(fields[2]) else { throw fail("\"\(fields[2])\" is neither 0 nor 1") }
    return Entry(clip: fields[0], frame: frame, isAnomalous: fields[2] == "1", line: line)
  }

  private static func withoutGaps(
    _ clips: [String: [Int: Entry]], file: String
  ) throws(AnomalyError) -> [String: [Bool]] {
    var labels: [String: [Bool]] = [:]
    for (clip, entries) in clips.sorted(by: { $0.key < $1.key }) {
      let ordered = entries.values.sorted { $0.frame < $1.frame }
      for (expected, entry) in ordered.enumerated() where entry.frame != expected {
        throw .labels(file: file, line: entry.line, reason: "frame \(expected) of \(clip) has no label")
      }
      labels[clip] = ordered.map(\.isAnomalous)
    }
    return labels
  }
}
