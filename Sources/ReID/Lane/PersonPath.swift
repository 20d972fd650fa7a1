import Decode

/// Where somebody was, as a bounded number of points: when there are too many, every second one goes and the next ones
/// come half as often.
struct PersonPath: Sendable {
  /// In ascending order of time; the last one is always the latest.
  private(set) var points: [PathPoint] = []
  private var spacing = Duration.zero
  private let limit: Int

  /// - Parameter limit: points at most, 4 or more.
  init(limit: Int = 256) {
    precondition(limit >= 4, "a path takes four points")
    self.limit = limit
  }

  /// Adds where they are now.
  mutating func append(_ point: PathPoint) {
    // The last point may be nearer to the one before than the spacing: it stands for now, until the next comes.
    if points.count > 1, points[points.count - 1].time - points[points.count - 2].time < spacing {
      points.removeLast()
    }
    points.append(point)
    if points.count > limit { thin() }
  }

  /// The box at a time, between two points in proportion; nil before the first and after the last.
  func box(at time: Duration) -> Box? {
    guard let first = points.first, let last = points.last, time >= first.time, time <= last.time else {
      return nil
    }
    guard let next = points.firstIndex(where: { $0.time >= time }), next > 0 else { return first.box }
    let (before, after) = (points[next - 1], points[next])
    let share = (time - before.time).inSeconds / (after.time - before.time).inSeconds
    return before.box.moved(towards: after.box, share: share)
  }

  private mutating func thin() {
    let last = points[points.count - 1]
    var kept = points.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
    if kept.last != last { kept.append(last) }
    points = kept
    spacing = max(spacing * 2, (last.time - points[0].time) / (limit / 2))
  }
}
