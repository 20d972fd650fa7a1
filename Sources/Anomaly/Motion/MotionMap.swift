public import Decode

/// How fast things move around each cell of the grid, in one frame.
///
/// Speeds are in pixels of the `ReferencePicture` per second. A cell's value is the largest mean speed over a
/// window that is centred in the cell; there is one value for each of two sizes of windows, one about as large as a head
/// and torso in a view of a street, one about as large as a person.
public struct MotionMap: Sendable, Equatable {
  /// Sides of the windows, in reference pixels.
  static let windowSides: [Double] = [16, 32]

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
    guard let field = frame.knownMotion else { return nil }
    let picture = frame.gray.size
    let grid = CellGrid(columns: picture.width / CellGrid.step, rows: picture.height / CellGrid.step)
    self.init(field, grid: grid, aspectRatio: frame.aspectRatio)
  }

  /// The map of a field.
  ///
  /// - Parameter aspectRatio: width by height of the upright picture.
  public init(_ field: MotionField, grid: CellGrid, aspectRatio: Double) {
    let reference = ReferencePicture(aspectRatio: aspectRatio)
    let scale = reference.pixelsPerUnit(
      columns: CellGrid.step * grid.columns, rows: CellGrid.step * grid.rows)
    let sums = WindowSums(columns: field.columns, rows: field.rows) { cell in
      let velocity = field.velocities[cell] * scale
      return (velocity * velocity).sum().squareRoot()
    }
    self.grid = grid
    self.speeds = Self.windowSides.map { side in
      sums.largestMeans(
        grid: grid, window: reference.window(side: side, columns: field.columns, rows: field.rows))
    }
  }
}
