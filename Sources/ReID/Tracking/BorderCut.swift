import Decode

/// Which edges of the picture cut a box.
struct BorderCut: OptionSet, Sendable {
  let rawValue: Int

  static let left = BorderCut(rawValue: 1)
  static let right = BorderCut(rawValue: 2)
  static let top = BorderCut(rawValue: 4)
  static let bottom = BorderCut(rawValue: 8)

  /// A box this near to an edge is taken to be cut by it: detectors end boxes a little before the edge.
  static let margin_pixels = 2.0

  init(rawValue: Int) { self.rawValue = rawValue }

  /// The edges that a box in a picture of the given size touches.
  init(_ box: Box, in picture: PictureSize) {
    let (across, down) = (
      Self.margin_pixels / Double(picture.width), Self.margin_pixels / Double(picture.height)
    )
    self = []
    if box.x <= across { insert(.left) }
    if box.x + box.width >= 1 - across { insert(.right) }
    if box.y <= down { insert(.top) }
    if box.y + box.height >= 1 - down { insert(.bottom) }
  }

  /// How many edges.
  var count: Int { rawValue.nonzeroBitCount }
}
