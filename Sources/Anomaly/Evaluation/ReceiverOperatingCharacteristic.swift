/// The trade between false and true positives as a threshold sweeps over scores (ROC).
public struct ReceiverOperatingCharacteristic: Sendable, Hashable {
  /// The rates at one threshold.
  public struct Point: Sendable, Hashable, Codable {
    /// Share of the negatives at or above the threshold, 0…1.
    public let falsePositiveRate: Double
    /// Share of the positives at or above the threshold, 0…1.
    public let truePositiveRate: Double
  }

  /// From (0, 0) to (1, 1), one point for each distinct score, by falling threshold.
  public let points: [Point]

  /// The curve of scores (higher means more irregular) with their labels; nil unless both classes occur.
  public init?(scores: [Float], labels: [Bool]) {
    precondition(scores.count == labels.count, "\(scores.count) scores for \(labels.count) labels")
    let positives = labels.count(where: \.self)
    let negatives = labels.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var points = [Point(falsePositiveRate: 0, truePositiveRate: 0)]
    var truePositives = 0
    for (rank, index) in order.enumerated() {
      if labels[index] { truePositives += 1 }
      let isLastOfTies = rank + 1 == order.count || scores[order[rank + 1]] != scores[index]
      guard isLastOfTies else { continue }
      points.append(
        Point(
          falsePositiveRate: Double(rank + 1 - truePositives) / Double(negatives),
          truePositiveRate: Double(truePositives) / Double(positives)))
    }
    self.points = points
  }

  /// The area under the curve by trapezoids: the chance that a positive scores above a negative, ties counting half.
  public var areaUnderCurve: Double {
    zip(points, points.dropFirst()).reduce(0) { area, step in
      area + (step.1.falsePositiveRate - step.0.falsePositiveRate)
        * (step.0.truePositiveRate + step.1.truePositiveRate) / 2
    }
  }

  /// The rate at which false positives and false negatives are equally frequent, linear between points.
  public var equalErrorRate: Double {
    func excess(_ point: Point) -> Double { point.falsePositiveRate + point.truePositiveRate - 1 }
    for (before, after) in zip(points, points.dropFirst()) where excess(after) >= 0 {
      let share = -excess(before) / (excess(after) - excess(before))
      return before.falsePositiveRate + share * (after.falsePositiveRate - before.falsePositiveRate)
    }
    return 1
  }
}
