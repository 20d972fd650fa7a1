/// The motion between a frame and the one delivered before it, on a grid of cells over the analysis picture.
public struct MotionField: Sendable, Equatable {
  /// What the velocities come from.
  public enum Origin: Sendable {
    /// The vectors of the coded stream.
    case codec
    /// Two pictures that were compared.
    case estimated
    /// Nothing, and all velocities are zero: there is no frame before this one, or too long before it, or one of both is
    /// damaged, or the picture's size has changed.
    case none
  }

  /// Analysis pixels per side of a cell.
  public static let cellSide = 2

  /// Cells per row: half the analysis width, rounded up.
  public let columns: Int
  /// Rows of cells: half the analysis height, rounded up.
  public let rows: Int
  /// One mean velocity per cell, row by row, `columns · rows` of them: x to the right, y down, in pixels of the upright
  /// analysis picture per second of media time.
  public let velocities: [SIMD2<Float>]
  /// What the velocities come from.
  public let origin: Origin

  /// A field of the given velocities, row by row; there must be exactly `columns · rows` of them.
  public init(columns: Int, rows: Int, velocities: [SIMD2<Float>], origin: Origin) {
    precondition(
      velocities.count == columns * rows, "\(velocities.count) velocities on \(columns)×\(rows) cells")
    self.columns = columns
    self.rows = rows
    self.velocities = velocities
    self.origin = origin
  }
}
