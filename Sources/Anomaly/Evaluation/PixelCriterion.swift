/// The pixel-level criterion of Mahadevan et al. (CVPR 2010): an irregular frame is found where at least 40 % of its
/// truly irregular pixels are marked, and a regular frame is a false alarm where any pixel is marked.
public enum PixelCriterion {
  /// The least share of the truly irregular pixels to mark.
  public static let leastCoverage = 0.4

  /// What is truly irregular in a frame.
  public struct Truth: Sendable, Hashable {
    /// How much of each cell is irregular, in any unit.
    public let cells: [Float]
    /// Whether the frame is labelled irregular.
    public let isIrregular: Bool

    /// The truth about a frame; mask and label must agree.
    public init(_ cells: [Float], isIrregular: Bool) {
      precondition(cells.contains { $0 > 0 } == isIrregular, "the mask and the label disagree")
      self.cells = cells
      self.isIrregular = isIrregular
    }
  }

  /// The highest threshold at which the frame counts as positive, when all cells at or above it are marked.
  ///
  /// - Parameters:
  ///   - cells: how irregular each cell is.
  ///   - truth: what is truly irregular.
  public static func score(cells: [Float], truth: Truth) -> Float {
    precondition(cells.count == truth.cells.count, "\(cells.count) cells for \(truth.cells.count) true ones")
    guard truth.isIrregular else { return cells.max() ?? -.infinity }
    let needed = leastCoverage * truth.cells.reduce(0) { $0 + Double($1) }
    var covered = 0.0
    for cell in cells.indices.sorted(by: { cells[$0] > cells[$1] }) {
      covered += Double(truth.cells[cell])
      if covered >= needed { return cells[cell] }
    }
    return -.infinity
  }
}
