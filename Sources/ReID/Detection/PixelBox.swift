import Decode

/// A rectangle in pixels, corners at the borders of pixels.
struct PixelBox: Sendable, Hashable {
  var left: Float
  var top: Float
  var right: Float
  var bottom: Float

  var width: Float { right - left }
  var height: Float { bottom - top }
  var area: Float { max(0, width) * max(0, height) }
  var centre: (x: Float, y: Float) { ((left + right) / 2, (top + bottom) / 2) }

  func contains(_ x: Float, _ y: Float) -> Bool { x > left && x < right && y > top && y < bottom }

  func intersection(_ other: PixelBox) -> PixelBox {
    PixelBox(
      left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
      bottom: min(bottom, other.bottom))
  }

  /// The area shared with another box over the area of both together, 0…1.
  func intersectionOverUnion(_ other: PixelBox) -> Float {
    let shared = intersection(other).area
    let union = area + other.area - shared
    return union > 0 ? shared / union : 0
  }

  /// The part within a picture of this size, in fractions of it.
  func box(in size: PictureSize) -> Box {
    let (width, height) = (Float(size.width), Float(size.height))
    let inside = intersection(PixelBox(left: 0, top: 0, right: width, bottom: height))
    return Box(
      x: Double(inside.left / width), y: Double(inside.top / height),
      width: Double(max(0, inside.width) / width), height: Double(max(0, inside.height) / height))
  }
}
