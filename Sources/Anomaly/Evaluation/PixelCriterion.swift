/// The pixel-level criterion of Mahadevan et al. (CVPR 2010): an irregular frame is found where at least 40 % of its
/// truly irregular pixels are marked, and a regular frame is a false alarm where any pixel is marked.
public enum PixelCriterion {
  /// The least share of the truly irregular pixels to mark.
  public static let leastCoverage = 0.4

  /// Whether the frame counts as positive.
  ///
  /// - Parameters:
  ///   - marked: pixels that the detector calls irregular.
  ///   - truth: truly irregular pixels, in the same order; all false in a regular frame.
  public static func isPositive(marked: [Bool], truth: [Bool]) -> Bool {
    precondition(marked.count == truth.count, "\(marked.count) marked pixels for \(truth.count) true ones")
    let irregular = truth.count(where: \.self)
    guard irregular > 0 else { return marked.contains(true) }
    let covered = zip(marked, truth).count { $0 && $1 }
    return Double(covered) >= leastCoverage * Double(irregular)
  }
}
