/// What reconstruction errors are usual in front of one camera.
public struct AppearanceNormality: Sendable, Hashable, Codable {
  /// The grid.
  public let grid: CellGrid
  /// The mean root mean squared error per cell, row-major, of pixels in 0…1.
  public let centers: [Float]
  /// The standard deviation of the same, shrunk towards neighbours, row and whole picture; positive.
  public let spreads: [Float]
  /// How far a frame's largest deviation, in spreads, usually goes.
  public let range: ValueRange

  init(grid: CellGrid, centers: [Float], spreads: [Float], range: ValueRange) {
    self.grid = grid
    self.centers = centers
    self.spreads = spreads
    self.range = range
  }

  /// How far each cell's error is from what is usual there, in units of the range.
  func deviations(of map: ErrorMap) -> CellDeviations {
    CellDeviations(of: map, centers: centers, spreads: spreads).map(range.position)
  }

  /// What contradicts itself, in words; nil where nothing does.
  var flaw: String? {
    guard centers.count == grid.count, spreads.count == grid.count else {
      return "\(centers.count) centres and \(spreads.count) spreads for \(grid.columns)×\(grid.rows) cells"
    }
    guard centers.allSatisfy(\.isFinite), spreads.allSatisfy({ $0.isFinite && $0 > 0 }), range.isUsable else {
      return "a centre or spread is not a usable number"
    }
    return nil
  }
}
