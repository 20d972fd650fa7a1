public import Decode

/// How fast things move around each cell of the grid, in one frame.
///
/// Speeds are in pixels per second of a reference picture: one with the camera's proportions and the area of 360×240
/// pixels, so that a speed means the same along both sides. A cell's value is the largest mean speed over a
/// window that is centred in the cell; there is one value for each of two sizes of windows, one about as large as a head
/// and torso in a view of a street, one about as large as a person.
public struct MotionMap: Sendable, Equatable {
  /// Sides of the windows, in reference pixels.
  static let windowSides: [Double] = [16, 32]
  /// The area of the reference picture, in pixels.
  private static let referenceArea = 360.0 * 240.0

  /// The grid.
  public let grid: CellGrid
  /// One array per size of windows; row-major, one value per cell, in reference pixels per second.
  public let speeds: [[Float]]

  /// A map with the given speeds.
  init(grid: CellGrid, speeds: [[Float]]) {
    precondition(speeds.count == Self.windowSides.count && speeds.allSatisfy { $0.count == grid.count })
    self.grid = grid
    self.speeds = speeds
  }

  /// The map of a frame that carries motion; nil for one that does not.
  public init?(_ frame: Frame) {
    guard let field = frame.motion, field.origin != .none else { return nil }
    let (size, picture) = (frame.fullSize, frame.gray.size)
    let grid = CellGrid(columns: picture.width / CellGrid.step, rows: picture.height / CellGrid.step)
    self.init(field, grid: grid, aspectRatio: Double(size.width) / Double(max(1, size.height)))
  }

  /// The map of a field.
  ///
  /// - Parameter aspectRatio: width by height of the upright picture.
  public init(_ field: MotionField, grid: CellGrid, aspectRatio: Double) {
    let width = (Self.referenceArea * aspectRatio).squareRoot()
    let height = Self.referenceArea / width
    let sums = SpeedSums(
      field,
      scale: SIMD2(
        Float(width / Double(CellGrid.step * grid.columns)), Float(height / Double(CellGrid.step * grid.rows))
      ))
    self.grid = grid
    self.speeds = Self.windowSides.map { side in
      let window = (
        columns: max(1, Int((side / width * Double(field.columns)).rounded())),
        rows: max(1, Int((side / height * Double(field.rows)).rounded()))
      )
      return sums.largestMeans(grid: grid, windowColumns: window.columns, windowRows: window.rows)
    }
  }
}

/// Sums of speeds over all rectangles that start at the top left corner of a field (Crow 1984).
private struct SpeedSums {
  private let columns: Int
  private let rows: Int
  /// (rows + 1) × (columns + 1), the first row and column zero.
  private let sums: [Double]

  /// - Parameter scale: what turns velocities into reference pixels per second, along x and y.
  init(_ field: MotionField, scale: SIMD2<Float>) {
    let stride = field.columns + 1
    var sums = [Double](repeating: 0, count: stride * (field.rows + 1))
    for row in 0..<field.rows {
      var line = 0.0
      for column in 0..<field.columns {
        let velocity = field.velocities[row * field.columns + column] * scale
        line += Double((velocity * velocity).sum().squareRoot())
        sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1] + line
      }
    }
    columns = field.columns
    rows = field.rows
    self.sums = sums
  }

  /// Per cell of the grid, the largest mean over windows centred on the field's cells inside it; windows are cut at the
  /// border.
  func largestMeans(grid: CellGrid, windowColumns: Int, windowRows: Int) -> [Float] {
    var means = [Float](repeating: 0, count: grid.count)
    for row in 0..<rows {
      let gridRow = row * grid.rows / rows
      let (top, bottom) = (max(0, row - windowRows / 2), min(rows, row - windowRows / 2 + windowRows))
      for column in 0..<columns {
        let left = max(0, column - windowColumns / 2)
        let right = min(columns, column - windowColumns / 2 + windowColumns)
        let cell = gridRow * grid.columns + column * grid.columns / columns
        means[cell] = max(means[cell], mean(left: left, right: right, top: top, bottom: bottom))
      }
    }
    return means
  }

  private func mean(left: Int, right: Int, top: Int, bottom: Int) -> Float {
    let stride = columns + 1
    let sum =
      sums[bottom * stride + right] - sums[bottom * stride + left] - sums[top * stride + right]
      + sums[top * stride + left]
    return Float(sum / Double((right - left) * (bottom - top)))
  }
}
