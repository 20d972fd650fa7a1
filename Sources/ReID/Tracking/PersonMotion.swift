import Decode

/// Where a person is and how they move: a Kalman filter of the middle and the size of their box.
///
/// The box is that of the whole person, and may reach beyond the picture.
struct PersonMotion: Sendable {
  private var middleX: AxisFilter
  private var middleY: AxisFilter
  private var width: AxisFilter
  private var height: AxisFilter
  private let noise: MotionNoise

  /// A person who was seen once, in a picture of the given proportions.
  init(box: Box, picture: PictureSize, noise: MotionNoise) {
    self.noise = noise
    let unit = Self.unit(height: box.height, picture: picture)
    func axis(_ position: Double, _ unit: Double, _ deviation: Double, _ speed: Double) -> AxisFilter {
      AxisFilter(position: position, deviation: deviation * unit, velocityDeviation: speed * unit)
    }
    middleX = axis(box.x + box.width / 2, unit.x, noise.place_heights, noise.speed_heightsPerSecond)
    middleY = axis(box.y + box.height / 2, unit.y, noise.place_heights, noise.speed_heightsPerSecond)
    width = axis(box.width, unit.x, noise.size_heights, noise.growth_heightsPerSecond)
    height = axis(box.height, unit.y, noise.size_heights, noise.growth_heightsPerSecond)
  }

  /// The box of the whole person.
  var box: Box {
    let (width, height) = (max(width.position, Self.leastSize), max(height.position, Self.leastSize))
    return Box(
      x: middleX.position - width / 2, y: middleY.position - height / 2, width: width, height: height)
  }

  /// Moves on; a person who is not seen keeps their size.
  mutating func predict(seconds: Double, picture: PictureSize, isSeen: Bool) {
    if !isSeen {
      width.halt()
      height.halt()
    }
    let unit = Self.unit(height: box.height, picture: picture)
    middleX.predict(seconds: seconds, wander: noise.wander_heightsPerSecond * unit.x)
    middleY.predict(seconds: seconds, wander: noise.wander_heightsPerSecond * unit.y)
    width.predict(seconds: seconds, wander: noise.growthWander_heightsPerSecond * unit.x)
    height.predict(seconds: seconds, wander: noise.growthWander_heightsPerSecond * unit.y)
  }

  /// Takes the box of a detection. Where an edge of the picture cuts it, the person goes on behind that edge as far as
  /// their size so far says.
  mutating func correct(_ seen: Box, picture: PictureSize) {
    let unit = Self.unit(height: box.height, picture: picture)
    let across = Self.uncut(seen.x..<(seen.x + seen.width), expected: box.width, pixels: picture.width)
    let down = Self.uncut(seen.y..<(seen.y + seen.height), expected: box.height, pixels: picture.height)
    middleX.correct((across.lowerBound + across.upperBound) / 2, deviation: noise.place_heights * unit.x)
    middleY.correct((down.lowerBound + down.upperBound) / 2, deviation: noise.place_heights * unit.y)
    width.correct(across.upperBound - across.lowerBound, deviation: noise.size_heights * unit.x)
    height.correct(down.upperBound - down.lowerBound, deviation: noise.size_heights * unit.y)
  }

  /// One side of a box without what an edge of the picture cut off.
  private static func uncut(_ side: Range<Double>, expected: Double, pixels: Int) -> Range<Double> {
    let margin = BorderCut.margin_pixels / Double(pixels)
    let length = max(expected, side.upperBound - side.lowerBound)
    switch (side.lowerBound <= margin, side.upperBound >= 1 - margin) {
    case (true, false): return (side.upperBound - length)..<side.upperBound
    case (false, true): return side.lowerBound..<(side.lowerBound + length)
    default: return side
    }
  }

  /// A person's height in fractions of the picture's width and of its height.
  private static func unit(height: Double, picture: PictureSize) -> (x: Double, y: Double) {
    (height * Double(picture.height) / Double(picture.width), height)
  }

  private static let leastSize = 1e-4
}
