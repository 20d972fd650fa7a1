extension [ReplaySummary.Point] {
  /// The same curve with at most `limit` points: the first, the last, and of every stretch between them the lowest
  /// and the highest, so that no dip is lost however short it is. Points without a number are left out.
  ///
  /// - Parameter limit: at least 4.
  func sampled(limit: Int) -> [ReplaySummary.Point] {
    let points = filter(\.regularity.isFinite)
    guard points.count > limit else { return points }
    let stretchCount = limit / 2 - 1
    let inner = points.count - 2
    var result = Array(points.prefix(1))
    for stretch in 0..<stretchCount {
      let start = 1 + inner * stretch / stretchCount
      let end = 1 + inner * (stretch + 1) / stretchCount
      result += points[start..<end].extremes
    }
    return result + points.suffix(1)
  }
}

extension ArraySlice<ReplaySummary.Point> {
  /// The lowest and the highest point in order of time; one where they are the same.
  fileprivate var extremes: [ReplaySummary.Point] {
    let isLower = { (left: Int, right: Int) in self[left].regularity < self[right].regularity }
    guard let lowest = indices.min(by: isLower), let highest = indices.max(by: isLower) else { return [] }
    return Set([lowest, highest]).sorted().map { self[$0] }
  }
}
