/// How irregular each place of a frame is.
public struct HeatMap: Sendable, Hashable, Codable {
  /// The grid.
  public let grid: CellGrid
  /// 0…1 per cell, row-major: 0 at or below the calibration's median frame, 1 at or above the alert threshold.
  public let values: [Float]

  /// A map with the given values, row-major.
  public init(grid: CellGrid, values: [Float]) {
    precondition(values.count == grid.count, "\(values.count) values for \(grid.count) cells")
    self.grid = grid
    self.values = values
  }
}
