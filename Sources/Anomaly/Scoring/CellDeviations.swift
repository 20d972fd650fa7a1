import Decode

/// How far each cell is from what is usual there.
struct CellDeviations: Sendable, Equatable {
  let grid: CellGrid
  /// One per cell, row-major.
  let values: [Float]
  /// The cell that deviates most; the first of several.
  let peakCell: Int

  /// The deviation at the peak.
  var peak: Float { values[peakCell] }

  /// The given deviations, row-major.
  init(grid: CellGrid, values: [Float]) {
    precondition(values.count == grid.count)
    self.grid = grid
    self.values = values
    self.peakCell = values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }

  /// Deviations of root mean squared errors from `centers`, in units of `spreads`, less what all places share.
  ///
  /// Flicker, sensor gain, fog and the pulse of key frames raise the error all over. The lower quartile of the cells is
  /// therefore taken off where it is positive. It is the quartile and not the median, so that an object in front
  /// of up to three quarters of the picture takes nothing off itself.
  init(of map: ErrorMap, centers: [Float], spreads: [Float]) {
    var values = [Float](unsafeUninitializedCapacity: map.values.count) { values, count in
      count = map.values.count
      for cell in 0..<count {
        values[cell] = (map.values[cell].squareRoot() - centers[cell]) / spreads[cell]
      }
    }
    let shared = max(0, values.sorted()[values.count / 4])
    for cell in values.indices { values[cell] -= shared }
    self.init(grid: map.grid, values: values)
  }

  /// The deviations on another scale, which keeps their order.
  func map(_ transform: (Float) -> Float) -> CellDeviations {
    CellDeviations(grid: grid, values: values.map(transform))
  }

  /// The larger of two deviations at each cell.
  func combined(with other: CellDeviations) -> CellDeviations {
    CellDeviations(grid: grid, values: zip(values, other.values).map(max))
  }

  /// The region around the peak: the cells connected to it (by side or corner) that deviate at least half as much.
  ///
  /// Nil where nothing deviates.
  var peakRegion: Box? {
    guard peak > 0 else { return nil }
    var isInside = [Bool](repeating: false, count: grid.count)
    var open = [peakCell]
    isInside[peakCell] = true
    var columns = peakCell % grid.columns...peakCell % grid.columns
    var rows = peakCell / grid.columns...peakCell / grid.columns
    while let cell = open.popLast() {
      let (row, column) = cell.quotientAndRemainder(dividingBy: grid.columns)
      columns = min(columns.lowerBound, column)...max(columns.upperBound, column)
      rows = min(rows.lowerBound, row)...max(rows.upperBound, row)
      for nextRow in max(0, row - 1)...min(grid.rows - 1, row + 1) {
        for nextColumn in max(0, column - 1)...min(grid.columns - 1, column + 1) {
          let next = nextRow * grid.columns + nextColumn
          if !isInside[next], values[next] >= peak / 2 {
            isInside[next] = true
            open.append(next)
          }
        }
      }
    }
    return Box(
      x: Double(columns.lowerBound) / Double(grid.columns), y: Double(rows.lowerBound) / Double(grid.rows),
      width: Double(columns.count) / Double(grid.columns), height: Double(rows.count) / Double(grid.rows))
  }
}
