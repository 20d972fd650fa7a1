/// Collects the errors of held-back normal footage and makes a calibration from them.
///
/// Memory: one `ErrorMap` a frame, 1 KiB at 128×128 pixels.
public struct CalibrationBuilder: Sendable {
  /// The fewest scored frames to calibrate from.
  public static let leastFrameCount = 64

  /// Footage is cut into this many parts; each is judged by the places' statistics of the others, for a frame that
  /// helped to set its own scale looks more regular than a new one will.
  private static let foldCount = 8
  /// Frames nearer than this say the same thing: about the time someone takes to walk through a cell.
  private static let decorrelationSeconds = 2.0
  /// The threshold is at least this many spreads above the median, so that a still picture's noise never alerts.
  private static let leastMargin: Float = 4
  /// The threshold lies at most so many times as far above the median as the largest value seen. A minute of footage
  /// extrapolated to a day would ask for more than anything can show; some false alerts until there is more footage are
  /// better than blindness.
  private static let farthestExtrapolation: Float = 2.5

  private let grid: CellGrid
  private let falseAlertsPerDay: Double
  private var maps: [ErrorMap] = []
  private var times: [Duration] = []
  private var segmentStarts: [Int] = []
  private var startsSegment = true

  /// A builder for errors on the given grid.
  ///
  /// - Parameter falseAlertsPerDay: how many false alerts per camera and day the threshold aims at.
  public init(grid: CellGrid, falseAlertsPerDay: Double = 1) {
    precondition(falseAlertsPerDay > 0, "the rate of false alerts must be positive")
    self.grid = grid
    self.falseAlertsPerDay = falseAlertsPerDay
  }

  /// Frames taken so far.
  public var frameCount: Int { maps.count }

  /// Takes a frame's error. Scene changes only part what is before them from what is after.
  public mutating func add(_ error: FrameError) {
    if error.startsSegment { startsSegment = true }
    guard case .map(let map) = error.content else { return }
    precondition(map.grid == grid, "an error map of another grid")
    if startsSegment { segmentStarts.append(maps.count) }
    startsSegment = false
    maps.append(map)
    times.append(error.stamp.presentationTime)
  }

  /// Says that what comes next is from another clip.
  public mutating func endClip() { startsSegment = true }

  /// The calibration of all frames taken so far.
  ///
  /// - Throws: `AnomalyError.tooLittleFootage` below `leastFrameCount` frames.
  public func calibration() throws(AnomalyError) -> Calibration {
    guard maps.count >= Self.leastFrameCount else {
      throw .tooLittleFootage(frames: maps.count, needed: Self.leastFrameCount)
    }
    let footageSeconds = footageSeconds
    let secondsPerFrame = footageSeconds / Double(maps.count)
    let folds = foldMoments()
    let total = folds.reduce(into: CellMoments(cellCount: grid.count), +=)
    let segments = frameValues(scales: folds.map { scale(total - $0, secondsPerFrame: secondsPerFrame) })
    let values = segments.flatMap(\.values).sorted()
    let median = quantile(0.5, ofSorted: values)
    let final = scale(total, secondsPerFrame: secondsPerFrame)
    return try Calibration(
      grid: grid, centers: final.centers, spreads: final.spreads,
      quantile05: quantile(0.05, ofSorted: values), quantile50: median,
      quantile995: quantile(0.995, ofSorted: values),
      threshold: threshold(values, median: median, days: footageSeconds / 86_400, segments),
      falseAlertsPerDay: falseAlertsPerDay, frameCount: maps.count, footageSeconds: footageSeconds)
  }

  private func threshold(
    _ sortedValues: [Float], median: Float, days: Double, _ segments: [TailFit.Segment]
  ) -> Float {
    let extrapolated = Float(TailFit(segments, days: days).level(perDay: falseAlertsPerDay))
    let largest = sortedValues[sortedValues.count - 1]
    let farthest = median + Self.farthestExtrapolation * (largest - median)
    return max(min(extrapolated, farthest), median + Self.leastMargin)
  }

  private struct Scale {
    let centers: [Float]
    let spreads: [Float]
  }

  private func fold(ofFrame frame: Int) -> Int { frame * Self.foldCount / maps.count }

  private func foldMoments() -> [CellMoments] {
    var folds = [CellMoments](repeating: CellMoments(cellCount: grid.count), count: Self.foldCount)
    for (frame, map) in maps.enumerated() { folds[fold(ofFrame: frame)].add(map) }
    return folds
  }

  private func scale(_ moments: CellMoments, secondsPerFrame: Double) -> Scale {
    let observations = moments.count * min(1, secondsPerFrame / Self.decorrelationSeconds)
    let spreads = SpreadPrior.spreads(variances: moments.variances, grid: grid, observations: observations)
    return Scale(centers: moments.means.map { Float($0) }, spreads: spreads.map { Float($0) })
  }

  /// The frame values, each fold's by its own scale.
  private func frameValues(scales: [Scale]) -> [TailFit.Segment] {
    segmentRanges.map { range in
      var segment = TailFit.Segment()
      var smoothing = TemporalMedian()
      for frame in range {
        let scale = scales[fold(ofFrame: frame)]
        let deviations = CellDeviations(of: maps[frame], centers: scale.centers, spreads: scale.spreads)
        segment.times.append(times[frame])
        segment.values.append(smoothing.add(deviations.peak))
      }
      return segment
    }
  }

  private var segmentRanges: [Range<Int>] {
    zip(segmentStarts, segmentStarts.dropFirst() + [maps.count]).map { $0..<$1 }
  }

  /// The time that the frames stand for: each segment's from its first frame to its last, and one frame more.
  private var footageSeconds: Double {
    var span = 0.0
    var intervals = 0
    for range in segmentRanges {
      span += (times[range.upperBound - 1] - times[range.lowerBound]) / .seconds(1)
      intervals += range.count - 1
    }
    return span * Double(maps.count) / Double(max(1, intervals))
  }
}
