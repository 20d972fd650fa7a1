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
    // The number may have leading zeros.
    let range = (1...6).lazy.compactMap { digits in
      pictures["\(clip)/\(String(repeating: "0", count: max(0, digits - String(frame).count)))\(frame)"]
    }.first
    guard let range else {
      throw EvaluationError.masks(path: file.path, reason: "there is no mask \(clip)/\(frame).png")
    }
    return cells(of: try picture(data[range], name: "\(clip)/\(frame).png", size: size))
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
    while offset + blockSize <= data.endIndex {
      let header = data[offset..<offset + blockSize]
      if header.allSatisfy({ $0 == 0 }) { break }
      guard let size = octal(header.dropFirst(124).prefix(12)) else {
        throw .masks(path: file.path, reason: "it is no tar file, or a damaged one, at byte \(offset)")
      }
      let start = offset + blockSize
      guard size <= data.endIndex - start else {
        throw .masks(path: file.path, reason: "it is cut off at byte \(offset)")
      }
      let prefix = text(header.dropFirst(345).prefix(155))
      let name = (prefix.isEmpty ? "" : prefix + "/") + text(header.prefix(100))
      if name.hasSuffix(".png") {
        entries[String((name.hasPrefix("./") ? name.dropFirst(2) : name[...]).dropLast(4))] =
          start..<start + size
      }
      offset = start + (size + blockSize - 1) / blockSize * blockSize
    }
    return entries
  }

  private static func text(_ field: Data) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func octal(_ field: Data) -> Int? {
    Int(text(field).trimmingCharacters(in: .whitespaces), radix: 8)
  }
}
