import Foundation

/// The spread of each cell's error from little footage: a mean of its own variance and, as far as the footage does not
/// vouch for that, those of its neighbours, its row and the whole picture.
///
/// With n independent observations, `v = (n·own + 100·neighbours + 100·row + 400·picture) / (n + 600)`, so that the prior
/// is worth 20 minutes. It is a flat mean and not a chain (picture → row → neighbours → cell): where nobody was seen in a
/// whole region, a chain would forget the picture, and the first to walk there would be a sensation. The row comes in
/// since perspective makes speed and size change with height in most views.
enum SpreadPrior {
  /// What each part of the prior is worth, in independent observations.
  private static let neighborsWorth = 100.0
  private static let rowWorth = 100.0
  private static let pictureWorth = 400.0

  /// Half a gray level: below, differences are rounding and compression, however still the place.
  private static let floor = 0.5 / 255

  /// Spreads (standard deviations) per cell from variances per cell and the number of independent observations.
  static func spreads(variances: [Double], grid: CellGrid, observations: Double) -> [Double] {
    let picture = mean(variances[...])
    let worth = observations + neighborsWorth + rowWorth + pictureWorth
    var spreads: [Double] = []
    for row in 0..<grid.rows {
      let ownRow = mean(variances[row * grid.columns..<(row + 1) * grid.columns])
      for column in 0..<grid.columns {
        let around = neighborhood(of: column, row, variances: variances, grid: grid)
        let own = variances[row * grid.columns + column]
        let sum =
          observations * own + neighborsWorth * around + rowWorth * ownRow + pictureWorth * picture
        spreads.append((sum / worth + floor * floor).squareRoot())
      }
    }
    return spreads
  }

  /// The mean over the cells within two steps, nearer ones weighing more (1, 1/2, 1/4 by the larger distance).
  private static func neighborhood(of column: Int, _ row: Int, variances: [Double], grid: CellGrid) -> Double
  {
    var sum = 0.0
    var weights = 0.0
    for otherRow in max(0, row - 2)...min(grid.rows - 1, row + 2) {
      for otherColumn in max(0, column - 2)...min(grid.columns - 1, column + 2) {
        let weight = exp2(-Double(max(abs(otherRow - row), abs(otherColumn - column))))
        sum += weight * variances[otherRow * grid.columns + otherColumn]
        weights += weight
      }
    }
    return sum / weights
  }

  private static func mean(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0, +) / Double(values.count)
  }
}
