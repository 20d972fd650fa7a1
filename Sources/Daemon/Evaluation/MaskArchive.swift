import Anomaly
import Decode
import Foundation
import SystemReason

/// Masks of truly irregular pixels: a tar file with a picture for each frame of each clip, `<clip>/<frame index>.png`,
/// white where it is irregular.
///
/// The archive stays in memory; a mask is decoded when it is asked for.
struct MaskArchive {
  private let file: URL
  private let pictures: [String: Range<Int>]
  private let data: Data

  /// Reads the archive (POSIX ustar, pax or GNU tar, not compressed).
  ///
  /// - Throws: `EvaluationError.unreadable` or `.masks`.
  init(contentsOf file: URL) throws(EvaluationError) {
    do { data = try Data(contentsOf: file, options: .mappedIfSafe) } catch {
      throw .unreadable(path: file.path, reason: error.systemReason)
    }
    self.file = file
    pictures = try Self.entries(of: data, file: file)
    guard !pictures.isEmpty else { throw .masks(path: file.path, reason: "it holds no .png file") }
  }

  /// What is irregular in each 8×8 cell of the analysis size, row-major, in gray levels.
  ///
  /// - Throws: `EvaluationError.masks` where the frame has no mask, one that cannot be decoded, or one that its label
  ///   contradicts.
  func truth(
    clip: String, frame: Int, size: PictureSize, isIrregular: Bool
  ) throws -> PixelCriterion.Truth {
    let range = try range(clip: clip, frame: frame)
    let cells = cells(of: try picture(data[range], name: "\(clip)/\(frame).png", size: size))
    guard cells.contains(where: { $0 > 0 }) == isIrregular else {
      let (label, mask) = isIrregular ? ("irregular", "all black") : ("regular", "not all black")
      throw EvaluationError.masks(
        path: file.path,
        reason:
          "frame \(frame) of \(clip) is labelled \(label), and its mask is \(mask); masks and labels must agree"
      )
    }
    return PixelCriterion.Truth(cells, isIrregular: isIrregular)
  }

  /// Makes sure that each of a clip's frames has a mask that agrees with its label. Decodes them all.
  ///
  /// - Throws: `EvaluationError.masks` for the first that has none, or another.
  func check(clip: String, labels: [Bool]) throws {
    for frame in labels.indices { _ = try range(clip: clip, frame: frame) }
    for (frame, isIrregular) in labels.enumerated() {
      _ = try truth(
        clip: clip, frame: frame, size: PictureSize(width: 128, height: 128), isIrregular: isIrregular)
    }
  }

  /// Where the mask's file lies in the archive. Its number may have leading zeros.
  private func range(clip: String, frame: Int) throws(EvaluationError) -> Range<Int> {
    let number = String(frame)
    for zeros in 0...max(0, 6 - number.count) {
      if let range = pictures["\(clip)/\(String(repeating: "0", count: zeros))\(number)"] { return range }
    }
    throw .masks(path: file.path, reason: "there is no mask \(clip)/\(frame).png")
  }

  private func picture(_ png: Data, name: String, size: PictureSize) throws -> GrayPicture {
    let copy = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: copy) }
    try png.write(to: copy)
    do {
      let reader = try VideoReader(MediaLocation(file: copy), options: ReaderOptions(analysisSize: size))
      if let frame = try reader.next() { return frame.gray }
    } catch {
      throw EvaluationError.masks(path: file.path, reason: "\(name) cannot be decoded: \(error.reason)")
    }
    throw EvaluationError.masks(path: file.path, reason: "\(name) holds no picture")
  }

  private func cells(of picture: GrayPicture) -> [Float] {
    let (columns, rows) = (picture.size.width / 8, picture.size.height / 8)
    var sums = [Float](repeating: 0, count: columns * rows)
    for y in 0..<8 * rows {
      for x in 0..<8 * columns {
        sums[y / 8 * columns + x / 8] += Float(picture.pixels[y * picture.size.width + x])
      }
    }
    return sums
  }

  // MARK: Tar

  private static let blockSize = 512

  private static func entries(of data: Data, file: URL) throws(EvaluationError) -> [String: Range<Int>] {
    var entries: [String: Range<Int>] = [:]
    var offset = data.startIndex
    /// The name of the next entry, where it does not fit its header.
    var longName: String?
    while offset < data.endIndex {
      guard blockSize <= data.endIndex - offset else {
        throw .masks(path: file.path, reason: "it is no tar file, or cut off at byte \(offset)")
      }
      let header = data[offset..<offset + blockSize]
      if header.allSatisfy({ $0 == 0 }) { break }
      guard let size = octal(header.dropFirst(124).prefix(12)) else {
        throw .masks(path: file.path, reason: "it is no tar file, or a damaged one, at byte \(offset)")
      }
      let start = offset + blockSize
      guard size <= data.endIndex - start else {
        throw .masks(path: file.path, reason: "it is cut off at byte \(offset)")
      }
      defer { offset = start + (size + blockSize - 1) / blockSize * blockSize }
      let content = data[start..<start + size]
      let type = Character(UnicodeScalar(header[offset + 156]))
      if type == "L" { longName = text(content) }
      if type == "x" {
        guard let records = paxRecords(content) else {
          throw .masks(path: file.path, reason: "it is no tar file, or a damaged one, at byte \(offset)")
        }
        longName = records["path"] ?? longName
      }
      // Extended headers speak of the entry after them.
      if "LKxg".contains(type) { continue }
      let name = longName ?? self.name(header)
      longName = nil
      // Folders and links are no pictures, whatever their names.
      guard ["\0", "0"].contains(type) else { continue }
      if name.hasSuffix(".png") {
        entries[String((name.hasPrefix("./") ? name.dropFirst(2) : name[...]).dropLast(4))] =
          start..<start + size
      }
    }
    return entries
  }

  private static func name(_ header: Data) -> String {
    let prefix = text(header.dropFirst(345).prefix(155))
    return (prefix.isEmpty ? "" : prefix + "/") + text(header.prefix(100))
  }

  /// Lines of `length key=value`, the length being that of the whole line in bytes; nil for anything else.
  private static func paxRecords(_ content: Data) -> [String: String]? {
    var records: [String: String] = [:]
    var rest = content
    while !rest.isEmpty {
      let digits = rest.prefix { $0 != UInt8(ascii: " ") }
      guard digits.count < 12, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
        let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1,
        length <= rest.count, rest[rest.startIndex + length - 1] == UInt8(ascii: "\n")
      else { return nil }
      let line = rest.prefix(length - 1).dropFirst(digits.count + 1)
      guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      records[String(decoding: line[..<equals], as: UTF8.self)] =
        String(decoding: line[(equals + 1)...], as: UTF8.self)
      rest = rest.dropFirst(length)
    }
    return records
  }

  private static func text(_ field: Data) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func octal(_ field: Data) -> Int? {
    // `Int` would take a sign too.
    let digits = text(field).trimmingCharacters(in: .whitespaces)
    return digits.allSatisfy { ("0"..."7").contains($0) } ? Int(digits, radix: 8) : nil
  }
}
