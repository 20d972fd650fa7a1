import Decode
import Foundation
import TestKit
import Testing

@testable import Anomaly

struct CalibrationTests {
  private let grid = CellGrid(columns: 8, rows: 6)

  /// Errors of a place where the lower half is busier than the upper, `scale` times as large.
  private func builder(frameCount: Int = 600, scale: Float = 1, seed: UInt64 = 3) -> CalibrationBuilder {
    var builder = CalibrationBuilder(grid: grid)
    frames(frameCount, scale: scale, seed: seed).forEach { builder.add($0) }
    return builder
  }

  private func frames(_ count: Int, scale: Float = 1, seed: UInt64) -> [FrameFeatures] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { index in
      let values = (0..<grid.count).map { cell -> Float in
        let busy: Float = cell >= grid.count / 2 ? 3 : 1
        let level = 0.05 + busy * random.float(in: 0...0.04)
        return level * level * scale
      }
      let stamp = FrameStamp(index: index, presentationTime: .milliseconds(100 * index))
      return FrameFeatures(
        stamp: stamp,
        content: .maps(FeatureMaps(appearance: ErrorMap(grid: grid, values: values), motion: nil)),
        startsSegment: index == 0)
    }
  }

  @Test func framesThatTheNetworkLearnedFromMayWidenTheScaleButNotNarrowIt() throws {
    func range(learnedFrom training: [FrameFeatures]) throws -> ValueRange {
      var builder = builder()
      for case .maps(let maps) in training.map(\.content) { builder.learn(maps.appearance) }
      return try builder.calibration().appearance.range
    }
    let alone = try range(learnedFrom: [])
    #expect(
      try range(learnedFrom: frames(1_800, scale: 0.25, seed: 5)) == alone,
      "a network that knows them by heart")
    let wider = try range(learnedFrom: frames(1_800, scale: 4, seed: 5))
    #expect(wider.start > alone.start && wider.unit >= alone.unit, "clips that differ from those held back")
  }

  @Test func clipsThatWereLearnedFromCountInTheScale() throws {
    let size = PictureSize(width: 32, height: 32)
    func clip(_ seed: UInt64, noise: ClosedRange<UInt8>) -> TrainingClip {
      var random = SplitMix64(seed: seed)
      let frames = (0..<72).map { _ in
        GrayPicture(
          size: size, pixels: (0..<size.pixelCount).map { _ in UInt8.random(in: noise, using: &random) })
      }
      return TrainingClip(
        name: "\(seed)", frames: frames, times: frames.indices.map { .milliseconds(100 * $0) })
    }
    // Of four clips the last is held back.
    func range(noiseOfTheFirst noise: ClosedRange<UInt8>) throws -> ValueRange {
      let clips = (0..<4).map { clip(UInt64($0), noise: $0 < 3 ? noise : 90...110) }
      let reconstructor = TemporalMean(cubeShape: CubeShape(frames: 16, height: 32, width: 32))
      let calibration = try FootageSplit(clips, windowFrames: 32)
        .calibration(of: reconstructor, isCancelled: { false })
      return try #require(calibration).appearance.range
    }
    let (alike, busier) = (try range(noiseOfTheFirst: 90...110), try range(noiseOfTheFirst: 60...140))
    #expect(busier.start > alike.start + 1)
  }

  @Test func theThresholdIsAboveWhatWasSeen() throws {
    let calibration = try builder().calibration()
    #expect(calibration.quantile05 < calibration.quantile50)
    #expect(calibration.quantile50 < calibration.quantile995)
    #expect(calibration.quantile995 < calibration.threshold)
    #expect(calibration.frameCount == 600)
    #expect(abs(calibration.footageSeconds - 60) < 1e-6)
    #expect(calibration.irregularity(ofFrameValue: calibration.quantile50) == 0)
    #expect(calibration.irregularity(ofFrameValue: calibration.threshold) == 1)
  }

  @Test func scaledErrorsGiveTheSameScores() throws {
    let one = try builder().calibration()
    let other = try builder(scale: 16).calibration()
    // Only the floor of half a gray level does not scale along.
    #expect(abs(one.threshold / other.threshold - 1) < 0.05)
    for (left, right) in zip(one.appearance.spreads, other.appearance.spreads) {
      #expect(abs(4 * left / right - 1) < 0.05)
    }
  }

  @Test func aRarerFalseAlertNeedsAHigherThreshold() {
    let values = (0..<1000).map { Float($0 * 7919 % 1000) / 100 }
    let segment = TailFit.Segment(times: (0..<1000).map { .seconds($0) }, values: values)
    let fit = TailFit([segment], days: 1000 / 86_400)
    #expect(fit.level(perDay: 1) >= fit.level(perDay: 10))
    #expect(fit.level(perDay: 10) >= fit.level(perDay: 100))
  }

  @Test func anExponentialTailIsExtrapolated() {
    // Quantiles of an exponential distribution of mean 1, shuffled, 10 s apart so that each counts by itself.
    let count = 20_000
    let values = (0..<count).map { index -> Float in
      Float(-log((Double(index * 7919 % count) + 0.5) / Double(count)))
    }
    let segment = TailFit.Segment(times: (0..<count).map { .seconds(10 * $0) }, values: values)
    let days = Double(10 * count) / 86_400
    // One a day of 8640 values a day: the true quantile is ln 8640.
    let level = TailFit([segment], days: days).level(perDay: 1)
    #expect(level > log(8640.0) - 0.3 && level < log(8640.0) + 1)
  }

  @Test func littleFootageGivesAHigherThreshold() {
    func level(_ count: Int) -> Double {
      let values = (0..<count).map { index -> Float in
        Float(-log((Double(index * 7919 % count) + 0.5) / Double(count)))
      }
      let segment = TailFit.Segment(times: (0..<count).map { .seconds(10 * $0) }, values: values)
      return TailFit([segment], days: Double(10 * count) / 86_400).level(perDay: 1)
    }
    #expect(level(100) > level(10_000))
  }

  @Test func aStillPlaceDoesNotAlertOnNoise() throws {
    var random = SplitMix64(seed: 4)
    var builder = CalibrationBuilder(grid: grid)
    func error(_ index: Int, extra: Float = 0) -> FrameFeatures {
      let values = (0..<grid.count).map { _ -> Float in
        let level = 0.01 + extra + random.float(in: -0.0002...0.0002)
        return level * level
      }
      return FrameFeatures(
        stamp: FrameStamp(index: index, presentationTime: .milliseconds(100 * index)),
        content: .maps(FeatureMaps(appearance: ErrorMap(grid: grid, values: values), motion: nil)),
        startsSegment: index == 0)
    }
    for index in 0..<300 { builder.add(error(index)) }
    let calibration = try builder.calibration()
    // A gray level more of noise everywhere is no event.
    guard case .maps(let maps) = error(300, extra: 1 / 255).content else { return }
    #expect(
      calibration.irregularity(ofFrameValue: calibration.appearance.deviations(of: maps.appearance).peak) < 1)
  }

  @Test func spreadsLeanOnTheNeighbourhoodUntilFootageSpeaks() {
    var variances = [Double](repeating: 1e-6, count: grid.count)
    for column in 0..<grid.columns { variances[2 * grid.columns + column] = 4e-4 }
    func spread(_ cell: Int, _ observations: Double) -> Double {
      SpreadPrior.spreads(variances: variances, grid: grid, observations: observations)[cell]
    }
    let near = grid.columns + 3
    let far = 5 * grid.columns + 3
    #expect(spread(near, 10) > spread(far, 10))
    #expect(spread(near, 10) > 5 * (1e-6).squareRoot())
    // A month of footage outweighs any prior: only the floor is left beside the cell's own.
    #expect(spread(near, 1e7) < 2.5 * (1e-6).squareRoot())
  }

  @Test func whatAllCellsShareIsTakenOff() {
    let centers = [Float](repeating: 0.1, count: grid.count)
    let spreads = [Float](repeating: 0.01, count: grid.count)
    var values = [Float](repeating: 0.15 * 0.15, count: grid.count)
    values[20] = 0.2 * 0.2
    let deviations = CellDeviations(
      of: ErrorMap(grid: grid, values: values), centers: centers, spreads: spreads)
    #expect(deviations.peakCell == 20)
    #expect(abs(deviations.peak - 5) < 1e-3)
    #expect(abs(deviations.values[0]) < 1e-3)
    #expect(deviations.peakRegion == Box(x: 4 / 8, y: 2 / 6, width: 1 / 8, height: 1 / 6))
  }

  @Test func theRegionIsWhatIsConnectedToThePeak() {
    var values = [Float](repeating: 0, count: grid.count)
    for (cell, value) in [(9, 1), (10, 0.9), (19, 0.8), (30, 0.9), (13, 0.9)] as [(Int, Float)] {
      values[cell] = value * value
    }
    // 9 and 10 touch by a side, 10 and 19 by a corner, 30 and 13 touch none of them.
    let deviations = CellDeviations(
      of: ErrorMap(grid: grid, values: values), centers: [Float](repeating: 0, count: grid.count),
      spreads: [Float](repeating: 1, count: grid.count))
    #expect(deviations.peakRegion == Box(x: 1 / 8, y: 1 / 6, width: 3 / 8, height: 2 / 6))
  }

  @Test func littleIsTooLittle() {
    #expect(throws: AnomalyError.tooLittleFootage(frames: 63, needed: 64)) {
      try builder(frameCount: 63).calibration()
    }
  }

  @Test func aCalibrationForAnotherGridIsRefused() throws {
    let calibration = try builder().calibration()
    #expect(throws: AnomalyError.grid(found: grid, expected: CellGrid(columns: 16, rows: 16))) {
      try FrameScorer(reconstructor: TemporalMean(), calibration: calibration)
    }
  }

  @Test func storedAndReadBackItIsTheSame() throws {
    let calibration = try builder().calibration()
    let data = try JSONEncoder().encode(calibration)
    #expect(try JSONDecoder().decode(Calibration.self, from: data) == calibration)
    var broken = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    broken["threshold"] = -1000
    let brokenData = try JSONSerialization.data(withJSONObject: broken)
    #expect(throws: AnomalyError.self) { try JSONDecoder().decode(Calibration.self, from: brokenData) }
    var appearance = try #require(broken["appearance"] as? [String: Any])
    appearance["spreads"] = [1]
    broken = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    broken["appearance"] = appearance
    let shortData = try JSONSerialization.data(withJSONObject: broken)
    #expect(throws: AnomalyError.self) { try JSONDecoder().decode(Calibration.self, from: shortData) }
  }

  @Test func aMedianOfFiveIgnoresTwoOutliers() {
    var median = TemporalMedian()
    #expect([1, 9, 1, 9, 1, 2, 3].map { median.add($0) } == [1, 1, 1, 1, 1, 2, 2])
    median.reset()
    #expect(median.add(7) == 7)
  }
}
