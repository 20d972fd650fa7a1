public import Foundation

extension ColorPicture {
  /// The most pixels that a picture read from a file may have: 64 million, 192 MB of memory.
  public static let largestPixelCount = 64_000_000

  /// Reads a picture from a file: JPEG, PNG, or whatever else FFmpeg decodes; of a clip its first frame. Upright.
  ///
  /// - Throws: `DecodeError`: `.unreadable` where the file holds no picture, or one that is cut off or that the decoder
  ///   finds damaged, `.unsupported` where it has more than `largestPixelCount` pixels or colours that cannot be converted.
  public init(contentsOf url: URL) throws(DecodeError) {
    let reader = try VideoReader(MediaLocation(file: url), options: ReaderOptions(refusesDamage: true))
    let size = reader.info.size
    guard size.pixelCount <= Self.largestPixelCount else {
      throw DecodeError(
        .unsupported, url.path,
        "a picture of \(size) is too large; scale it to at most \(Self.largestPixelCount / 1_000_000) megapixels"
      )
    }
    guard let frame = try reader.next() else {
      throw DecodeError(.unreadable, url.path, "holds no picture")
    }
    guard !frame.isDamaged else { throw DecodeError(.unreadable, url.path, "is damaged or cut off") }
    self = try frame.colorPicture()
  }
}
