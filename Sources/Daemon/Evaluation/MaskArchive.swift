import Decode
import Foundation

/// Masks of truly irregular pixels: a tar file with a picture for each frame of each clip, `<clip>/<frame index>.png`,
/// white where it is irregular.
///
/// The archive stays in memory; a mask is decoded when it is asked for.
struct MaskArchive {
  private let file: URL
  private let pictures: [String: Range<Int>]
  private let data: Data

  /// Reads the archive (POSIX ustar or GNU tar, not compressed).
  ///
  /// - Throws: `EvaluationError.unreadable` or `.masks`.
  init(contentsOf file: URL) throws(EvaluationError) {
    do { data = try Data(contentsOf: file, options: .mappedIfSafe) } catch {
      throw .unreadable(path: file.path, reason: error.localizedDescription)
    }
    self.file = file
    pictures = try Self.entries(of: data, file: file)
    guard !pictures.isEmpty else { throw .masks(path: file.path, reason: "it holds no .png file") }
  }

  /// How much of each 8×8 cell of the analysis size is irregular, row-major, in gray levels.
  ///
  /// - Throws: `EvaluationError.masks` where the frame has no mask, or one that cannot be decoded.
  func truth(clip: String, frame: Int, size: PictureSize) throws -> [Float] {
    let range = try range(clip: clip, frame: frame)
    return cells(of: try picture(data[range], name: "\(clip)/\(frame).png", size: size))
  }

  /// Makes sure that each of a clip's frames has a mask, without decoding them.
  ///
  /// - Throws: `EvaluationError.masks` for the first that has none.
  func check(clip: String, frames: Range<Int>) throws(EvaluationError) {
    for frame in frames { _ = try range(clip: clip, frame: frame) }
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
      // Folders, links and extended headers are no pictures, whatever their names.
      guard [0, UInt8(ascii: "0")].contains(header[offset + 156]) else { continue }
      let prefix = text(header.dropFirst(345).prefix(155))
      let name = (prefix.isEmpty ? "" : prefix + "/") + text(header.prefix(100))
      if name.hasSuffix(".png") {
        entries[String((name.hasPrefix("./") ? name.dropFirst(2) : name[...]).dropLast(4))] =
          start..<start + size
      }
    }
    return entries
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
