import Foundation

/// The spread of each cell's error from little footage: its own variance, as far as the footage vouches for it, else
/// that of its neighbours, its row, and the whole picture.
///
/// With n independent observations and a prior worth κ of them, `v = (n·v_own + κ·v_prior) / (n + κ)`, in a chain:
/// picture → row → neighbours → cell. The row comes in since perspective makes speed and size change with height in
/// most views.
enum SpreadPrior {
  /// What the prior is worth, in independent observations.
  private static let rowWorth = 5.0
  private static let neighborsWorth = 10.0
  private static let cellWorth = 30.0

  /// Half a gray level: below, differences are rounding and compression, however still the place.
  private static let floor = 0.5 / 255

  /// Spreads (standard deviations) per cell from variances per cell and the number of independent observations.
  static func spreads(variances: [Double], grid: CellGrid, observations: Double) -> [Double] {
    func shrink(_ own: Double, towards prior: Double, worth: Double) -> Double {
      (observations * own + worth * prior) / (observations + worth)
    }
    let picture = mean(variances[...])
    var spreads: [Double] = []
    for row in 0..<grid.rows {
      let ownRow = mean(variances[row * grid.columns..<(row + 1) * grid.columns])
      let rowVariance = shrink(ownRow, towards: picture, worth: rowWorth)
      for column in 0..<grid.columns {
        let around = neighborhood(of: column, row, variances: variances, grid: grid)
        let local = shrink(around, towards: rowVariance, worth: neighborsWorth)
        let variance = shrink(variances[row * grid.columns + column], towards: local, worth: cellWorth)
        spreads.append((variance + floor * floor).squareRoot())
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
