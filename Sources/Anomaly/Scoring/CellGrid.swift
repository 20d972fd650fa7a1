/// The grid of the heat map: one cell for every 8×8 pixels of the analysis size.
public struct CellGrid: Sendable, Hashable, Codable {
  /// Pixels of the analysis size from one cell to the next, both ways.
  public static let step = 8

  /// Cells in a row.
  public let columns: Int
  /// Rows of cells.
  public let rows: Int

  /// A grid of `columns` × `rows` cells.
  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }

  /// Cells in the grid.
  public var count: Int { columns * rows }
}
