/// A rectangle in fractions of the upright picture, 0…1, from its top left corner.
public struct Box: Sendable, Hashable, Codable {
  /// Left edge.
  public let x: Double
  /// Top edge.
  public let y: Double
  /// Extent to the right.
  public let width: Double
  /// Extent downwards.
  public let height: Double

  /// A rectangle in fractions of the picture.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The whole picture.
  public static let wholePicture = Box(x: 0, y: 0, width: 1, height: 1)
}

extension Box {
  /// The area, as a fraction of the picture's.
  public var area: Double { width * height }

  /// The area shared with another box over the area of both together, 0…1.
  public func intersectionOverUnion(_ other: Box) -> Double {
    let shared =
      max(0, min(x + width, other.x + other.width) - max(x, other.x))
      * max(0, min(y + height, other.y + other.height) - max(y, other.y))
    let union = area + other.area - shared
    return union > 0 ? shared / union : 0
  }
}
