public import Foundation

/// A full-range 8-bit RGB picture.
public struct ColorPicture: Sendable, Hashable {
  /// Width and height in pixels.
  public let size: PictureSize
  /// Red, green, blue per pixel, row by row without gaps: `3 · size.pixelCount` bytes.
  public let pixels: [UInt8]

  /// A picture of the given RGB bytes, row by row; there must be exactly `3 · size.pixelCount` of them.
  public init(size: PictureSize, pixels: [UInt8]) {
    precondition(pixels.count == 3 * size.pixelCount, "\(pixels.count) bytes do not fill \(size) RGB pixels")
    self.size = size
    self.pixels = pixels
  }

  /// The picture as a baseline JPEG file; equal pictures give equal bytes.
  ///
  /// - Parameter quality: 1 (smallest file) … 100 (best picture).
  public func jpegData(quality: Int = 85) throws(DecodeError) -> Data {
    try JPEGEncoder(quality: quality).encode(self)
  }
}
