public import Decode

/// A part of a picture: a polygon in fractions of the upright picture.
public struct PictureRegion: Sendable, Hashable, CustomStringConvertible {
  /// The corners in order, x to the right and y down, 0…1; the last is joined to the first.
  public let corners: [SIMD2<Double>]

  /// The inside of a polygon; where it crosses itself, by the even–odd rule.
  ///
  /// - Throws: `ReIDError.region` for fewer than three corners, one outside the picture, or all on one line.
  public init(corners: [SIMD2<Double>]) throws(ReIDError) {
    guard corners.count >= 3 else {
      throw .region(reason: "it has \(corners.count) corners, and takes three")
    }
    for corner in corners where !((0...1).contains(corner.x) && (0...1).contains(corner.y)) {
      throw .region(reason: "the corner (\(corner.x), \(corner.y)) is outside the picture")
    }
    let edges = zip(corners, corners.dropFirst() + [corners[0]])
    guard edges.contains(where: { cross($0 - corners[0], $1 - corners[0]) != 0 }) else {
      throw .region(reason: "its corners lie on one line, and nothing is inside")
    }
    self.corners = corners
  }

  /// A polygon from text: `x,y` for each corner, separated by spaces, such as `0,0.5 1,0.5 1,1 0,1`.
  ///
  /// - Throws: `ReIDError.region`.
  public init(_ text: String) throws(ReIDError) {
    var corners: [SIMD2<Double>] = []
    for corner in text.split(separator: " ") {
      let numbers = corner.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard numbers.count == 2, let x = numbers[0], let y = numbers[1] else {
        throw .region(reason: "\"\(corner)\" is no corner such as 0.5,1")
      }
      corners.append([x, y])
    }
    try self.init(corners: corners)
  }

  /// A rectangle.
  public init(_ box: Box) throws(ReIDError) {
    let (right, bottom) = (box.x + box.width, box.y + box.height)
    try self.init(corners: [[box.x, box.y], [right, box.y], [right, bottom], [box.x, bottom]])
  }

  /// As `init(_:)` reads it.
  public var description: String { corners.map { "\($0.x),\($0.y)" }.joined(separator: " ") }

  /// Whether a point lies inside.
  public func contains(_ point: SIMD2<Double>) -> Bool {
    var isInside = false
    var before = corners[corners.count - 1]
    for corner in corners {
      // A ray to the right crosses the edge.
      if (corner.y > point.y) != (before.y > point.y),
        point.x < corner.x + (point.y - corner.y) / (before.y - corner.y) * (before.x - corner.x)
      {
        isInside.toggle()
      }
      before = corner
    }
    return isInside
  }
}

/// Twice the area of the triangle that two vectors span.
private func cross(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { a.x * b.y - a.y * b.x }
