import Decode

/// Tells when the whole scene changes: lights, exposure, infrared cut, a camera that is knocked or covered.
///
/// Compares the means of 4×4 pixels with those of some frames ago. A block has changed when its mean moved by more than
/// `leastDifference`. The scene has changed when at least `leastShare` of the blocks changed in all ninths of the
/// picture (3×3) but one. The ninths tell a change of the scene from a big object near the camera, which leaves some
/// corners as they were even where it hides most of the picture; one ninth may stay, such as windows that are
/// black by night.
struct SceneChangeDetector: Sendable {
  /// In gray levels, 0…255: well above sensor noise and compression in a mean of 16 pixels.
  private static let leastDifference: Float = 16
  private static let leastShare: Float = 0.6
  /// Frames compared across: long enough for an exposure that settles over most of a second.
  private static let lag = 8
  private static let ninths = 3

  private let grid: CellGrid
  private var history: [[Float]] = []

  init(grid: CellGrid) { self.grid = grid }

  /// The change between `lag` frames ago (or the first frame there was) and this one, if the scene changed.
  mutating func add(_ picture: GrayPicture) -> SceneChange? {
    let means = blockMeans(picture)
    defer {
      history.append(means)
      if history.count > Self.lag { history.removeFirst() }
    }
    guard let earlier = history.first else { return nil }
    let changed = zip(means, earlier).map { abs($0 - $1) > Self.leastDifference }
    let extent = leastShareButOne(changed) / Self.leastShare
    return extent >= 1 ? SceneChange(extent: extent, heatMap: heatMap(changed)) : nil
  }

  private var columns: Int { 2 * grid.columns }
  private var rows: Int { 2 * grid.rows }

  private func blockMeans(_ picture: GrayPicture) -> [Float] {
    picture.pixels.withUnsafeBufferPointer { pixels in
      (0..<rows * columns).map { block in
        let corner = 4 * (block / columns * picture.size.width + block % columns)
        var sum = 0
        for line in 0..<4 {
          for column in 0..<4 { sum += Int(pixels[corner + line * picture.size.width + column]) }
        }
        return Float(sum) / 16
      }
    }
  }

  /// The second smallest of the shares of blocks that changed in each ninth of the picture.
  private func leastShareButOne(_ changed: [Bool]) -> Float {
    let regions = Self.ninths * Self.ninths
    var hits = [Float](repeating: 0, count: regions)
    var sizes = [Float](repeating: 0, count: regions)
    for row in 0..<rows {
      for column in 0..<columns {
        let region = row * Self.ninths / rows * Self.ninths + column * Self.ninths / columns
        sizes[region] += 1
        if changed[row * columns + column] { hits[region] += 1 }
      }
    }
    return zip(hits, sizes).map { $1 > 0 ? $0 / $1 : 1 }.sorted()[1]
  }

  private func heatMap(_ changed: [Bool]) -> HeatMap {
    var values = [Float](repeating: 0, count: grid.count)
    for block in changed.indices where changed[block] {
      values[block / columns / 2 * grid.columns + block % columns / 2] += 0.25
    }
    return HeatMap(grid: grid, values: values)
  }
}
