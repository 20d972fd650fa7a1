/// One frame's mean squared reconstruction error around each cell of the grid.
///
/// A cell's value is the mean over the 16×16 pixels centred on its 8×8, so that neighbours overlap by half. An object
/// of up to 8×8 pixels then lies wholly inside the window of at least one cell, wherever it stands; with cells side by
/// side, one that straddles a corner would be cut into four and its peak quartered. At the border the window is cut
/// and the mean is over what is left.
public struct ErrorMap: Sendable, Equatable {
  /// The grid.
  public let grid: CellGrid
  /// Mean squared errors of pixels in 0…1, row-major, one per cell.
  public let values: [Float]
  /// The sum of squared errors over the frame's pixels. Nothing here is judged by it.
  public let total: Float

  /// A map with the given values, row-major, of windows that count alike.
  public init(grid: CellGrid, values: [Float]) {
    precondition(values.count == grid.count, "\(values.count) values for \(grid.count) cells")
    self.grid = grid
    self.values = values
    self.total = values.reduce(0, +) * Float(CellGrid.step * CellGrid.step)
  }

  /// The map of one frame and its reconstruction, both row-major and of the grid's size in pixels.
  init(grid: CellGrid, frame: UnsafeBufferPointer<Float>, reconstruction: UnsafeBufferPointer<Float>) {
    let blocks = Self.blockSums(
      columns: 2 * grid.columns, rows: 2 * grid.rows, frame: frame, reconstruction: reconstruction)
    self.grid = grid
    self.values = Self.windowMeans(grid: grid, blocks: blocks)
    self.total = blocks.reduce(0, +)
  }

  /// Sums of squared differences over blocks of 4×4 pixels.
  private static func blockSums(
    columns: Int, rows: Int, frame: UnsafeBufferPointer<Float>, reconstruction: UnsafeBufferPointer<Float>
  ) -> [Float] {
    let width = 4 * columns
    precondition(frame.count == 4 * rows * width && reconstruction.count == frame.count)
    let frame = UnsafeRawBufferPointer(frame)
    let reconstruction = UnsafeRawBufferPointer(reconstruction)
    return [Float](unsafeUninitializedCapacity: columns * rows) { sums, count in
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = SIMD4<Float>.zero
          for line in 0..<4 {
            let offset = 4 * ((4 * row + line) * width + 4 * column)
            let difference =
              frame.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self)
              - reconstruction.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self)
            sum += difference * difference
          }
          sums[row * columns + column] = sum.sum()
        }
      }
      count = columns * rows
    }
  }

  /// Means over windows of 4×4 blocks, two blocks apart, centred on the cells.
  private static func windowMeans(grid: CellGrid, blocks: [Float]) -> [Float] {
    let columns = 2 * grid.columns
    let rows = 2 * grid.rows
    var means = [Float](repeating: 0, count: grid.count)
    for row in 0..<grid.rows {
      let top = max(0, 2 * row - 1)
      let bottom = min(rows, 2 * row + 3)
      for column in 0..<grid.columns {
        let left = max(0, 2 * column - 1)
        let right = min(columns, 2 * column + 3)
        var sum: Float = 0
        for blockRow in top..<bottom {
          for blockColumn in left..<right { sum += blocks[blockRow * columns + blockColumn] }
        }
        means[row * grid.columns + column] = sum / Float(16 * (bottom - top) * (right - left))
      }
    }
    return means
  }
}
