import Decode
import Foundation
import TestKit
import Testing

@testable import Anomaly

/// What becomes of motion on its way from frames to alerts.
struct MotionScoreTests {
  // MARK: Calibration

  private let grid = CellGrid(columns: 8, rows: 6)

  /// Errors that never change but for a little noise, so that only motion can stand out.
  private func appearance(_ random: inout SplitMix64) -> ErrorMap {
    ErrorMap(
      grid: grid,
      values: (0..<grid.count).map { _ in
        let level = 0.05 + random.float(in: -0.002...0.002)
        return level * level
      })
  }

  private func motion(_ speeds: [Int: Float]) -> MotionMap {
    let values = (0..<grid.count).map { speeds[$0] ?? 0 }
    return MotionMap(grid: grid, speeds: [values, values])
  }

  /// A cell of the road, the lower two rows, and one of the path, the second row.
  private var road: Int { 4 * grid.columns + 3 }
  private var path: Int { grid.columns + 3 }

  /// A car goes by on the road, at about 100; on the path people walk, at about 20.
  private func traffic(_ random: inout SplitMix64, _ index: Int) -> [Int: Float] {
    let car = 4 * grid.columns + index % grid.columns
    var speeds = [car: random.float(in: 80...120), car + grid.columns: random.float(in: 80...120)]
    for column in 0..<grid.columns { speeds[grid.columns + column] = random.float(in: 15...25) }
    return speeds
  }

  private func features(_ maps: FeatureMaps, _ index: Int) -> FrameFeatures {
    FrameFeatures(
      stamp: FrameStamp(index: index, presentationTime: .milliseconds(200 * index)), content: .maps(maps),
      startsSegment: index == 0)
  }

  private func builder(frameCount: Int = 900, withoutMotion: Set<Int> = []) -> CalibrationBuilder {
    var random = SplitMix64(seed: 21)
    var builder = CalibrationBuilder(grid: grid)
    for index in 0..<frameCount {
      let map = motion(traffic(&random, index))
      builder.add(
        features(
          FeatureMaps(
            appearance: appearance(&random), motion: withoutMotion.contains(index) ? nil : map), index))
    }
    return builder
  }

  /// The irregularity of a few frames in which this moves, at their end.
  private func irregularity(
    _ calibration: Calibration, of speeds: [Int: Float]
  ) -> (value: Float, judgement: FrameJudge.Judgement?) {
    var random = SplitMix64(seed: 22)
    var judge = FrameJudge()
    var last: FrameJudge.Judgement?
    for _ in 0..<6 {
      last = judge.judge(
        FeatureMaps(appearance: appearance(&random), motion: motion(speeds)),
        appearance: calibration.appearance, motion: calibration.motion)
    }
    return (calibration.irregularity(ofFrameValue: last?.value ?? 0), last)
  }

  @Test func fastMotionAlertsWhereItIsNotUsual() throws {
    let calibration = try builder().calibration()
    let car: Float = 100
    let onTheRoad = irregularity(calibration, of: [road: car, road + grid.columns: car])
    let onThePath = irregularity(calibration, of: [path: car])
    #expect(onTheRoad.value < 1, "a car on the road is usual")
    #expect(onThePath.value >= 1, "a car on the path is not")
    #expect(onThePath.judgement?.evidence == .motion)
    #expect(onThePath.judgement?.cells.peakCell == path)
    let walker = irregularity(calibration, of: [path: 20])
    #expect(walker.value < 1 && walker.value < onThePath.value)
  }

  @Test func motionOfTheTrainedFootageCountsToo() throws {
    var builder = builder()
    // A cyclist on the path, often, in the part that the network was trained on.
    for _ in 0..<3000 { builder.learn(motion([path: 100])) }
    let place = [path: Float(100)]
    let with = irregularity(try builder.calibration(), of: place).value
    #expect(with < irregularity(try self.builder().calibration(), of: place).value)
    #expect(with < 1)
  }

  @Test func aDamagedSecondLeavesTheMotionOfTheOtherFrames() throws {
    let calibration = try builder(withoutMotion: Set(450..<460)).calibration()
    let whole = try #require(try builder().calibration().motion)
    let motion = try #require(calibration.motion)
    for (speeds, others) in zip(motion.speeds, whole.speeds) {
      #expect(zip(speeds, others).allSatisfy { abs($0 - $1) < 0.02 * $1 })
    }
    for (range, other) in zip(motion.ranges, whole.ranges) { #expect(abs(range.unit - other.unit) < 0.05) }
    #expect(irregularity(calibration, of: [path: 100]).judgement?.evidence == .motion)
  }

  @Test func motionIsLearnedFromAsManyFramesAsAreCalibratedOn() throws {
    let least = CalibrationBuilder.leastFrameCount
    #expect(try builder(withoutMotion: Set(least..<900)).calibration().motion != nil)
    let calibration = try builder(withoutMotion: Set(least - 1..<900)).calibration()
    #expect(calibration.motion == nil)
    let judgement = irregularity(calibration, of: [0: 1e6]).judgement
    #expect(judgement?.motion == nil && judgement?.evidence == .appearance)
  }

  @Test func damagedFramesOfTheFootageAreTakenAsSuch() throws {
    var random = SplitMix64(seed: 24)
    let frames = (0..<200).map { _ in
      GrayPicture(
        size: size, pixels: (0..<size.pixelCount).map { _ in UInt8.random(in: 90...110, using: &random) })
    }
    // Half of the picture is lost for half a second, now and then.
    let damaged = Set((0..<200).filter { $0 % 40 >= 35 })
    let lost = frames.enumerated().map { index, frame in
      damaged.contains(index)
        ? GrayPicture(
          size: size, pixels: frame.pixels.enumerated().map { $0.offset < 512 ? $0.element : 255 }) : frame
    }
    func calibration(_ frames: [GrayPicture], says: Bool) throws -> Calibration {
      let clip = TrainingClip(
        name: "clip", frames: frames, times: frames.indices.map { .milliseconds(100 * $0) },
        isDamaged: frames.indices.map { says && damaged.contains($0) })
      let split = try FootageSplit([clip], windowFrames: 32)
      return try #require(
        try split.calibration(of: TemporalMean(cubeShape: shape), isCancelled: { false }))
    }
    let (intact, told) = (try calibration(frames, says: false), try calibration(lost, says: true))
    let untold = try calibration(lost, says: false)
    // What the decoder made up is none of what is usual.
    #expect(told.appearance.centers.max() ?? 1 < 1.5 * (intact.appearance.centers.max() ?? 0))
    #expect(untold.appearance.centers.max() ?? 0 > 2 * (told.appearance.centers.max() ?? 1))
  }

  @Test func aFrameWithoutMotionIsJudgedByItsAppearance() throws {
    let calibration = try builder().calibration()
    var random = SplitMix64(seed: 23)
    var judge = FrameJudge()
    let judgement = judge.judge(
      FeatureMaps(appearance: appearance(&random), motion: nil), appearance: calibration.appearance,
      motion: calibration.motion)
    #expect(judgement.motion == nil && judgement.value == judgement.appearance)
  }

  @Test func motionIsStoredAndReadBack() throws {
    let calibration = try builder().calibration()
    let data = try JSONEncoder().encode(calibration)
    #expect(try JSONDecoder().decode(Calibration.self, from: data) == calibration)
    var json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    var motion = try #require(json["motion"] as? [String: Any])
    motion["speeds"] = [[1, 2], [3, 4]]
    json["motion"] = motion
    let broken = try JSONSerialization.data(withJSONObject: json)
    #expect(throws: AnomalyError.self) { try JSONDecoder().decode(Calibration.self, from: broken) }
    json["motion"] = nil
    let without = try JSONSerialization.data(withJSONObject: json)
    #expect(try JSONDecoder().decode(Calibration.self, from: without).motion == nil)
  }

  // MARK: Fusion

  /// What is usual: nothing off, nothing faster than 10; one unit above is 1.
  private func normalities() -> (AppearanceNormality, MotionNormality) {
    let ones = [Float](repeating: 1, count: grid.count)
    let range = ValueRange(of: [0], leastUnit: 1, startUnits: 0)
    let appearance = AppearanceNormality(
      grid: grid, centers: ones.map { _ in 0 }, spreads: ones, range: range)
    let motion = MotionNormality(
      grid: grid, speeds: [ones.map { _ in 10 }, ones.map { _ in 10 }], ranges: [range, range])
    return (appearance, motion)
  }

  private func maps(looks: [Int: Float], moves: [Int: Float]) -> FeatureMaps {
    let errors = (0..<grid.count).map { (looks[$0] ?? 0) * (looks[$0] ?? 0) }
    return FeatureMaps(appearance: ErrorMap(grid: grid, values: errors), motion: motion(moves))
  }

  @Test func theLargerKindDecidesAndTheMapHasBoth() {
    let (appearance, motion) = normalities()
    var judge = FrameJudge()
    let first = judge.judge(
      maps(looks: [5: 3], moves: [20: 20]), appearance: appearance, motion: motion)
    #expect(first.appearance == 3 && first.motion == 2 && first.value == 3)
    #expect(first.evidence == .appearance)
    #expect(first.cells.values[5] == 3 && first.cells.values[20] == 2 && first.cells.peakCell == 5)
    judge.reset()
    let second = judge.judge(
      maps(looks: [5: 3], moves: [20: 40]), appearance: appearance, motion: motion)
    #expect(second.value == 4 && second.evidence == .motion && second.cells.peakCell == 20)
    judge.reset()
    let even = judge.judge(maps(looks: [5: 3], moves: [20: 30]), appearance: appearance, motion: motion)
    #expect(even.value == 3 && even.evidence == .appearance)
  }

  @Test func eachKindHasAMedianOfItsOwn() {
    let (appearance, motion) = normalities()
    var judge = FrameJudge()
    // The looks flicker and the motion lasts.
    let judgements = (0..<5).map { index in
      judge.judge(
        maps(looks: index % 2 == 0 ? [:] : [5: 9], moves: [20: 50]), appearance: appearance, motion: motion)
    }
    #expect(judgements.map(\.motion) == [5, 5, 5, 5, 5])
    #expect(judgements.map(\.appearance) == [0, 0, 0, 0, 0])
    judge.reset()
    let fresh = judge.judge(maps(looks: [5: 9], moves: [:]), appearance: appearance, motion: motion)
    #expect(fresh.appearance == 9 && fresh.motion == 0)
  }

  // MARK: The stream

  private let size = PictureSize(width: 32, height: 32)
  private let shape = CubeShape(frames: 16, height: 32, width: 32)

  /// A map whose every speed is the frame's number.
  private func numbered(_ index: Int) -> MotionMap {
    let speeds = [Float](repeating: Float(index), count: shape.grid.count)
    return MotionMap(grid: shape.grid, speeds: [speeds, speeds])
  }

  /// The number of the frame whose motion each frame of a stream was given; nil for none.
  private func motion(
    ofFrames count: Int, without: Set<Int>, damaged: Set<Int> = [], pauseBefore: Int? = nil, hop: Int = 8
  ) throws -> [Int?] {
    let stream = FeatureStream(reconstructor: TemporalMean(cubeShape: shape), hop: hop)
    let picture = GrayPicture(size: size, pixels: [UInt8](repeating: 100, count: size.pixelCount))
    var features: [FrameFeatures] = []
    for index in 0..<count {
      let pause = pauseBefore.map { index >= $0 ? 60_000 : 0 } ?? 0
      features += try stream.add(
        picture, motion: without.contains(index) ? nil : numbered(index),
        stamp: FrameStamp(index: index, presentationTime: .milliseconds(100 * index + pause)),
        isDamaged: damaged.contains(index))
    }
    features += try stream.finish()
    #expect(features.map(\.stamp.index) == Array(0..<count))
    return features.map { feature in
      guard case .maps(let maps) = feature.content else { return nil }
      return maps.motion.map { Int($0.speeds[0][0]) }
    }
  }

  @Test func eachFrameHasItsOwnMotion() throws {
    #expect(try motion(ofFrames: 37, without: []) == Array(0..<37))
  }

  @Test func theFirstFrameTakesThatOfTheNext() throws {
    #expect(try motion(ofFrames: 30, without: [0]) == [1] + Array(1..<30))
    #expect(try motion(ofFrames: 30, without: [0, 1, 2]) == [3, 3, 3] + Array(3..<30))
  }

  @Test func aDamagedFramesMotionIsNotBelieved() throws {
    // The decoder gives none to the frame after a damaged one either.
    let found = try motion(ofFrames: 30, without: [7], damaged: [6])
    #expect(found == Array(0..<6) + [8, 8] + Array(8..<30))
  }

  @Test func atTheEndOfAHopThereIsOnlyTheOneBefore() throws {
    // 16…23 is a hop: the motion of 24 is not there yet when it is scored.
    let found = try motion(ofFrames: 30, without: [22, 23, 24])
    #expect(found == Array(0..<22) + [21, 21, 25] + Array(25..<30))
    #expect(try motion(ofFrames: 20, without: [18, 19]) == Array(0..<18) + [17, 17])
  }

  @Test func aHopWithoutAnyMotionHasNone() throws {
    let found = try motion(ofFrames: 32, without: Set(16..<24))
    #expect(found == Array(0..<16) + [Int?](repeating: nil, count: 8) + Array(24..<32))
    #expect(try motion(ofFrames: 20, without: Set(0..<20)) == [Int?](repeating: nil, count: 20))
  }

  @Test func motionDoesNotLeakAcrossAPause() throws {
    let found = try motion(ofFrames: 44, without: [0, 21, 22], pauseBefore: 22)
    // 21 is the last before the pause, 22 the first after it.
    #expect(found == [1] + Array(1..<21) + [20, 23] + Array(23..<44))
  }

  @Test(arguments: [1, 3, 8, 16]) func motionStaysWithItsFrameWhateverTheHop(hop: Int) throws {
    #expect(try motion(ofFrames: 41, without: [], hop: hop) == Array(0..<41))
  }

  @Test func motionOfASegmentTooShortForACubeIsForgotten() throws {
    let stream = FeatureStream(reconstructor: TemporalMean(cubeShape: shape))
    let picture = GrayPicture(size: size, pixels: [UInt8](repeating: 100, count: size.pixelCount))
    var features: [FrameFeatures] = []
    for index in 0..<30 {
      features += try stream.add(
        picture, motion: numbered(index),
        stamp: FrameStamp(
          index: index, presentationTime: .milliseconds(100 * index + (index < 10 ? 0 : 60_000))))
    }
    features += try stream.finish()
    #expect(stream.unscoredFrameCount == 10)
    #expect(features.map(\.stamp.index) == Array(10..<30))
    for feature in features {
      guard case .maps(let maps) = feature.content else { continue }
      #expect(maps.motion == numbered(feature.stamp.index))
    }
  }
}
