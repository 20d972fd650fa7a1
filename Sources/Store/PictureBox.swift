/// A rectangle in fractions of the upright picture, 0…1, from its upper left corner.
public struct PictureBox: Sendable, Hashable, Codable {
  /// The left edge.
  public var x: Double
  /// The upper edge.
  public var y: Double
  /// The width.
  public var width: Double
  /// The height.
  public var height: Double

  /// A rectangle inside the picture.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The whole picture.
  public static let wholePicture = PictureBox(x: 0, y: 0, width: 1, height: 1)
}
