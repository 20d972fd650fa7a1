/// Sums of values over all rectangles that start at the top left corner of a field (Crow 1984), from which the sum over any
/// rectangle takes four look-ups.
struct WindowSums {
  private let columns: Int
  private let rows: Int
  /// (rows + 1) × (columns + 1), the first row and column zero.
  private let sums: [Double]

  /// - Parameter value: of the place with this index, row by row.
  init(columns: Int, rows: Int, value: (Int) -> Float) {
    let stride = columns + 1
    var sums = [Double](repeating: 0, count: stride * (rows + 1))
    for row in 0..<rows {
      var line = 0.0
      for column in 0..<columns {
        line += Double(value(row * columns + column))
        sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1] + line
      }
    }
    self.columns = columns
    self.rows = rows
    self.sums = sums
  }

  /// Per cell of the grid, the largest mean over windows centred on the places inside it; windows are cut at the border.
  func largestMeans(grid: CellGrid, window: (columns: Int, rows: Int)) -> [Float] {
    var means = [Float](repeating: 0, count: grid.count)
    for row in 0..<rows {
      let gridRow = row * grid.rows / rows
      let (top, bottom) = (max(0, row - window.rows / 2), min(rows, row - window.rows / 2 + window.rows))
      for column in 0..<columns {
        let left = max(0, column - window.columns / 2)
        let right = min(columns, column - window.columns / 2 + window.columns)
        let cell = gridRow * grid.columns + column * grid.columns / columns
        means[cell] = max(means[cell], mean(left: left, right: right, top: top, bottom: bottom))
      }
    }
    return means
  }

  /// The largest mean over windows that lie inside; a window is cut to the size of the field.
  func largestMean(window: (columns: Int, rows: Int)) -> Float {
    let (width, height) = (min(window.columns, columns), min(window.rows, rows))
    var largest = -Float.infinity
    for top in 0...rows - height {
      for left in 0...columns - width {
        largest = max(largest, mean(left: left, right: left + width, top: top, bottom: top + height))
      }
    }
    return largest
  }

  private func mean(left: Int, right: Int, top: Int, bottom: Int) -> Float {
    let stride = columns + 1
    let sum =
      sums[bottom * stride + right] - sums[bottom * stride + left] - sums[top * stride + right]
      + sums[top * stride + left]
    return Float(sum / Double((right - left) * (bottom - top)))
  }
}
