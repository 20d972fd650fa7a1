import Decode
import Foundation

/// Decoded pictures by their number, kept while they fit; the others are read whenever they are asked for.
final class PictureCache {
  private let files: [URL]
  private let byteLimit: Int
  private var kept: [ColorPicture?]
  private var keptBytes = 0

  init(_ files: [URL], byteLimit: Int = 3 << 30) {
    self.files = files
    self.byteLimit = byteLimit
    kept = Array(repeating: nil, count: files.count)
  }

  func picture(_ number: Int) throws(DecodeError) -> ColorPicture {
    if let picture = kept[number] { return picture }
    let picture = try ColorPicture(contentsOf: files[number])
    if keptBytes + picture.pixels.count <= byteLimit {
      kept[number] = picture
      keptBytes += picture.pixels.count
    }
    return picture
  }
}
