/// The size of a picture in pixels.
public struct PictureSize: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Pixels per row, at least 1.
  public var width: Int
  /// Rows, at least 1.
  public var height: Int

  /// A size of `width` × `height` pixels.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Pixels in the picture.
  public var pixelCount: Int { width * height }

  /// For example `768×576`.
  public var description: String { "\(width)×\(height)" }

  /// The same picture lying on its side.
  var transposed: PictureSize { PictureSize(width: height, height: width) }
}
