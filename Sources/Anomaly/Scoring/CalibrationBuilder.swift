/// Collects the features of held-back normal footage, and of the rest, and makes a calibration from them.
///
/// Memory: one `ErrorMap` a frame and one `MotionMap` a held-back frame, 3 KiB at 128×128 pixels for both.
public struct CalibrationBuilder: Sendable {
  /// The fewest scored frames to calibrate from.
  public static let leastFrameCount = 64

  /// Footage is cut into this many parts; each is judged by the places' statistics of the others, for a frame that
  /// helped to set its own scale looks more regular than a new one will.
  private static let foldCount = 8
  /// Frames nearer than this say the same thing: about the time someone takes to walk through a cell.
  private static let decorrelationSeconds = 2.0
  /// The least distance from the median to the 99.5 % quantile that is believed, of deviations in spreads.
  private static let leastAppearanceUnit: Float = 4
  /// The same, of ratios to the usual speed.
  private static let leastMotionUnit: Float = 0.2
  /// Appearance counts only from one unit above its median, where motion counts from its median on: crowds, light and weather
  /// drift, and move all reconstruction errors with them; how fast one walks does not. Chosen on synthetic
  /// irregularities: see `design/score.md`.
  private static let appearanceStart: Float = 1
  /// The threshold is at least this far above the median, in units, so that a still picture's noise never alerts.
  private static let leastMargin: Float = 1
  /// The threshold lies at most so many times as far above the median as the largest value seen. A minute of footage
  /// extrapolated to a day would ask for more than anything can show; some false alerts until there is more footage are
  /// better than blindness.
  private static let farthestExtrapolation: Float = 2.5

  private let grid: CellGrid
  private let falseAlertsPerDay: Double
  private var frames: [FeatureMaps] = []
  private var times: [Duration] = []
  private var segmentStarts: [Int] = []
  private var startsSegment = true
  private var trainingMotion: MotionMoments
  private var trainingAppearance: [ErrorMap] = []

  /// A builder for features on the given grid.
  ///
  /// - Parameter falseAlertsPerDay: how many false alerts per camera and day the threshold aims at.
  public init(grid: CellGrid, falseAlertsPerDay: Double = 1) {
    precondition(falseAlertsPerDay > 0, "the rate of false alerts must be positive")
    self.grid = grid
    self.falseAlertsPerDay = falseAlertsPerDay
    trainingMotion = MotionMoments(cellCount: grid.count)
  }

  /// Frames taken so far.
  public var frameCount: Int { frames.count }

  /// Takes the motion of a frame that the network was trained on: usual speeds may be learned from all there is.
  public mutating func learn(_ motion: MotionMap) { trainingMotion.add(motion) }

  /// Takes the errors of a frame that the network was trained on: how far it is from what is usual in the footage held back says
  /// how far the next one may be.
  public mutating func learn(_ appearance: ErrorMap) {
    precondition(appearance.grid == grid, "a map of another grid")
    trainingAppearance.append(appearance)
  }

  /// Takes a held-back frame's features. Scene changes only part what is before them from what is after.
  public mutating func add(_ features: FrameFeatures) {
    if features.startsSegment { startsSegment = true }
    guard case .maps(let maps) = features.content else { return }
    precondition(maps.appearance.grid == grid, "a map of another grid")
    if startsSegment { segmentStarts.append(frames.count) }
    startsSegment = false
    frames.append(maps)
    times.append(features.stamp.presentationTime)
  }

  /// Says that what comes next is from another clip.
  public mutating func endClip() { startsSegment = true }

  /// The calibration of all frames taken so far.
  ///
  /// - Throws: `AnomalyError.tooLittleFootage` below `leastFrameCount` frames.
  public func calibration() throws(AnomalyError) -> Calibration {
    guard frames.count >= Self.leastFrameCount else {
      throw .tooLittleFootage(frames: frames.count, needed: Self.leastFrameCount)
    }
    let (appearance, motion) = (appearanceNormalities(), motionNormalities())
    let segments = frameValues(appearance: appearance.folds, motion: motion?.folds)
    let values = segments.flatMap(\.values).sorted()
    let median = quantile(0.5, ofSorted: values)
    return try Calibration(
      appearance: appearance.whole, motion: motion?.whole,
      quantile05: quantile(0.05, ofSorted: values), quantile50: median,
      quantile995: quantile(0.995, ofSorted: values), threshold: threshold(values, median: median, segments),
      falseAlertsPerDay: falseAlertsPerDay, frameCount: frames.count, footageSeconds: footageSeconds)
  }

  private func threshold(_ sortedValues: [Float], median: Float, _ segments: [TailFit.Segment]) -> Float {
    let extrapolated = Float(
      TailFit(segments, days: footageSeconds / 86_400).level(perDay: falseAlertsPerDay))
    let largest = sortedValues[sortedValues.count - 1]
    let farthest = median + Self.farthestExtrapolation * (largest - median)
    return max(min(extrapolated, farthest), median + Self.leastMargin)
  }

  /// What is usual by all held-back frames, and by all but one fold, for each fold.
  private struct Normalities<Normality> {
    let whole: Normality
    let folds: [Normality]
  }

  private func fold(ofFrame frame: Int) -> Int { frame * Self.foldCount / frames.count }

  // MARK: Appearance

  private func appearanceNormalities() -> Normalities<AppearanceNormality> {
    var moments = [ErrorMoments](repeating: ErrorMoments(cellCount: grid.count), count: Self.foldCount)
    for (frame, maps) in frames.enumerated() { moments[fold(ofFrame: frame)].add(maps.appearance) }
    let total = moments.reduce(into: ErrorMoments(cellCount: grid.count), +=)
    let scales = moments.map { scale(total - $0) }
    let peaks = frames.enumerated().map { frame, maps in
      let scale = scales[fold(ofFrame: frame)]
      return CellDeviations(of: maps.appearance, centers: scale.centers, spreads: scale.spreads).peak
    }
    let whole = scale(total)
    let range = appearanceRange(heldBack: peaks, scale: whole)
    func normality(_ scale: Scale) -> AppearanceNormality {
      AppearanceNormality(grid: grid, centers: scale.centers, spreads: scale.spreads, range: range)
    }
    return Normalities(whole: normality(whole), folds: scales.map(normality))
  }

  /// The wider of the ranges of the footage held back and of all footage. Frames held back are judged by a scale that their own
  /// neighbours in time helped to set; those learned from, which the network may know better, had no part in it.
  private func appearanceRange(heldBack: [Float], scale: Scale) -> ValueRange {
    let others = trainingAppearance.map {
      CellDeviations(of: $0, centers: scale.centers, spreads: scale.spreads).peak
    }
    func range(_ peaks: [Float]) -> ValueRange {
      ValueRange(of: peaks, leastUnit: Self.leastAppearanceUnit, startUnits: Self.appearanceStart)
    }
    let (narrow, wide) = (range(heldBack), range(heldBack + others))
    return wide.start + wide.unit > narrow.start + narrow.unit ? wide : narrow
  }

  private struct Scale {
    let centers: [Float]
    let spreads: [Float]
  }

  private func scale(_ moments: ErrorMoments) -> Scale {
    let observations = moments.count * min(1, secondsPerFrame / Self.decorrelationSeconds)
    let spreads = SpreadPrior.spreads(variances: moments.variances, grid: grid, observations: observations)
    return Scale(centers: moments.means.map { Float($0) }, spreads: spreads.map { Float($0) })
  }

  // MARK: Motion

  /// By the frames that have motion: a damaged second has none, and a source may give none at all. Nil where those are too
  /// few to calibrate from.
  private func motionNormalities() -> Normalities<MotionNormality>? {
    let maps = frames.enumerated().compactMap { frame, maps in
      maps.motion.map { (map: $0, fold: fold(ofFrame: frame)) }
    }
    guard maps.count >= Self.leastFrameCount else { return nil }
    var moments = [MotionMoments](repeating: MotionMoments(cellCount: grid.count), count: Self.foldCount)
    for (map, fold) in maps { moments[fold].add(map) }
    let total = moments.reduce(into: trainingMotion, +=)
    let speeds = moments.map { usualSpeeds(total - $0) }
    let ratios = maps.map { MotionNormality.largestRatios(of: $0.map, speeds: speeds[$0.fold]) }
    let ranges = MotionMap.windowSides.indices.map { window in
      ValueRange(of: ratios.map { $0[window] }, leastUnit: Self.leastMotionUnit, startUnits: 0)
    }
    func normality(_ speeds: [[Float]]) -> MotionNormality {
      MotionNormality(grid: grid, speeds: speeds, ranges: ranges)
    }
    return Normalities(whole: normality(usualSpeeds(total)), folds: speeds.map(normality))
  }

  private func usualSpeeds(_ moments: MotionMoments) -> [[Float]] {
    UsualSpeed.speeds(moments, grid: grid, secondsPerFrame: secondsPerFrame)
  }

  // MARK: Frame values

  /// The frame values, each fold's by what is usual in the others.
  private func frameValues(
    appearance: [AppearanceNormality], motion: [MotionNormality]?
  ) -> [TailFit.Segment] {
    segmentRanges.map { range in
      var segment = TailFit.Segment()
      var judge = FrameJudge()
      for frame in range {
        let fold = fold(ofFrame: frame)
        let judgement = judge.judge(frames[frame], appearance: appearance[fold], motion: motion?[fold])
        segment.times.append(times[frame])
        segment.values.append(judgement.value)
      }
      return segment
    }
  }

  private var segmentRanges: [Range<Int>] {
    zip(segmentStarts, segmentStarts.dropFirst() + [frames.count]).map { $0..<$1 }
  }

  private var secondsPerFrame: Double { footageSeconds / Double(frames.count) }

  /// The time that the frames stand for: each segment's from its first frame to its last, and one frame more.
  private var footageSeconds: Double {
    var span = 0.0
    var intervals = 0
    for range in segmentRanges {
      span += (times[range.upperBound - 1] - times[range.lowerBound]) / .seconds(1)
      intervals += range.count - 1
    }
    return span * Double(frames.count) / Double(max(1, intervals))
  }
}
