/// What motion is usual in front of one camera: how fast, at each place.
public struct MotionNormality: Sendable, Hashable, Codable {
  /// The grid.
  public let grid: CellGrid
  /// Per size of windows and cell, the speed of fast but usual motion, in reference pixels per second; positive.
  public let speeds: [[Float]]
  /// Per size of windows, how far a frame's largest ratio of speed to usual speed usually goes.
  public let ranges: [ValueRange]

  init(grid: CellGrid, speeds: [[Float]], ranges: [ValueRange]) {
    self.grid = grid
    self.speeds = speeds
    self.ranges = ranges
  }

  /// How far each cell's motion is from what is usual there, in units of its range; the larger of all window sizes.
  func deviations(of map: MotionMap) -> CellDeviations {
    let values = (0..<grid.count).map { cell in
      speeds.indices.map { ranges[$0].position(of: map.speeds[$0][cell] / speeds[$0][cell]) }.max() ?? 0
    }
    return CellDeviations(grid: grid, values: values)
  }

  /// The largest ratio of speed to usual speed of a frame, per size of windows.
  static func largestRatios(of map: MotionMap, speeds: [[Float]]) -> [Float] {
    zip(map.speeds, speeds).map { zip($0, $1).map(/).max() ?? 0 }
  }

  /// What contradicts itself, in words; nil where nothing does.
  var flaw: String? {
    guard speeds.count == MotionMap.windowSides.count, ranges.count == speeds.count,
      speeds.allSatisfy({ $0.count == grid.count })
    else { return "usual speeds for another grid or other windows than this version uses" }
    guard speeds.joined().allSatisfy({ $0.isFinite && $0 > 0 }), ranges.allSatisfy(\.isUsable) else {
      return "a usual speed or its range is not a usable number"
    }
    return nil
  }
}
