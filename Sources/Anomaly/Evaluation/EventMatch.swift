/// How detected events agree with the true ones, by the rule of Hasan et al. (CVPR 2016).
///
/// A detection hits a true event where their overlap is more than half of the shorter one. The first hit of a true
/// event counts as true positive and further ones do not count at all; a detection that hits none is a false positive,
/// a true event that is not hit is missed.
public struct EventMatch: Sendable, Hashable, Codable {
  /// True events that were hit.
  public var truePositives = 0
  /// Detections that hit no true event.
  public var falsePositives = 0
  /// True events that were not hit.
  public var missed = 0

  /// Nothing to match.
  public init() {}

  /// Matches the events of one clip, in frames.
  public init(detected: [Range<Int>], true truths: [Range<Int>]) {
    let hits = detected.map { detection in truths.indices.filter { Self.isHit(detection, truths[$0]) } }
    truePositives = Set(hits.joined()).count
    falsePositives = hits.count(where: \.isEmpty)
    missed = truths.count - truePositives
  }

  /// Adds up the matches of several clips.
  public static func += (left: inout EventMatch, right: EventMatch) {
    left.truePositives += right.truePositives
    left.falsePositives += right.falsePositives
    left.missed += right.missed
  }

  private static func isHit(_ detection: Range<Int>, _ truth: Range<Int>) -> Bool {
    2 * detection.clamped(to: truth).count > min(detection.count, truth.count)
  }
}

extension Collection<Bool> where Index == Int {
  /// The stretches of true values.
  public var trueIntervals: [Range<Int>] {
    var intervals: [Range<Int>] = []
    for index in indices where self[index] {
      if let last = intervals.last, last.upperBound == index {
        intervals[intervals.count - 1] = last.lowerBound..<index + 1
      } else {
        intervals.append(index..<index + 1)
      }
    }
    return intervals
  }
}
