import Decode

extension Box {
  /// The part inside the picture; nil where there is none or where the box is no box.
  var insidePicture: Box? {
    guard x.isFinite, y.isFinite, width.isFinite, height.isFinite, width > 0, height > 0 else { return nil }
    return shared(with: .wholePicture)
  }

  /// The part that two boxes have in common, or nil.
  func shared(with other: Box) -> Box? {
    let (left, top) = (max(x, other.x), max(y, other.y))
    let (right, bottom) = (min(x + width, other.x + other.width), min(y + height, other.y + other.height))
    guard right > left, bottom > top else { return nil }
    return Box(x: left, y: top, width: right - left, height: bottom - top)
  }

  /// The share of this box that another covers, 0…1.
  func share(coveredBy other: Box) -> Double {
    guard area > 0, let shared = shared(with: other) else { return 0 }
    return shared.area / area
  }

  /// The way from this box to another, `share` of it done.
  func moved(towards other: Box, share: Double) -> Box {
    Box(
      x: x + share * (other.x - x), y: y + share * (other.y - y),
      width: width + share * (other.width - width),
      height: height + share * (other.height - height))
  }
}
