/// The pixel-level criterion of Mahadevan et al. (CVPR 2010): an irregular frame is found where at least 40 % of its
/// truly irregular pixels are marked, and a regular frame is a false alarm where any pixel is marked.
public enum PixelCriterion {
  /// The least share of the truly irregular pixels to mark.
  public static let leastCoverage = 0.4

  /// The highest threshold at which the frame counts as positive, when all cells at or above it are marked.
  ///
  /// - Parameters:
  ///   - cells: how irregular each cell is.
  ///   - truth: how much of each cell is truly irregular, in any unit; all 0 in a regular frame.
  public static func score(cells: [Float], truth: [Float]) -> Float {
    precondition(cells.count == truth.count, "\(cells.count) cells for \(truth.count) true ones")
    let needed = leastCoverage * truth.reduce(0) { $0 + Double($1) }
    var covered = 0.0
    for cell in cells.indices.sorted(by: { cells[$0] > cells[$1] }) {
      covered += Double(truth[cell])
      if covered >= needed { return cells[cell] }
    }
    return -.infinity
  }
}
