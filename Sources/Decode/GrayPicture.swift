/// An 8-bit gray picture: luma in full range, 0 is black and 255 is white.
public struct GrayPicture: Sendable, Hashable {
  /// Width and height in pixels.
  public let size: PictureSize
  /// One byte per pixel, row by row without gaps, `size.pixelCount` in all.
  public let pixels: [UInt8]

  /// A picture of the given pixels, row by row; there must be exactly `size.pixelCount` of them.
  public init(size: PictureSize, pixels: [UInt8]) {
    precondition(pixels.count == size.pixelCount, "\(pixels.count) pixels do not fill \(size)")
    self.size = size
    self.pixels = pixels
  }
}
