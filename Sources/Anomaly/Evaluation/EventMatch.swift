/// How detected events agree with the true ones, by the rule of Hasan et al. (CVPR 2016).
///
/// A detection hits a true event where their overlap is more than half of the shorter one. The first hit of a true
/// event counts as true positive and further ones do not count at all; a detection that hits none is a false positive,
/// a true event that is not hit is missed.
public struct EventMatch: Sendable, Hashable, Codable {
  /// True events that were hit.
  public var truePositives: Int
  /// Detections that hit no true event.
  public var falsePositives: Int
  /// True events that were not hit.
  public var missed: Int

  /// A match with the given counts; without any, that of no clips.
  public init(truePositives: Int = 0, falsePositives: Int = 0, missed: Int = 0) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.missed = missed
  }

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
