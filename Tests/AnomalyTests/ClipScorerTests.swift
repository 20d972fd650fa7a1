import Decode
import Foundation
import TestKit
import Testing

@testable import Anomaly

/// Scores of whole clips, read from real files: a stream of JPEGs of 64×64 pixels.
struct ClipScorerTests {
  private static let size = PictureSize(width: 64, height: 64)
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A textured wall with a little noise, before which a square goes to the right, `speed` pixels a frame.
  private static func picture(_ index: Int, seed: UInt64, speed: Int) -> ColorPicture {
    var noise = SplitMix64(seed: seed &* 7_919 &+ UInt64(index))
    var texture = SplitMix64(seed: 5)
    let left = index * speed % 80 - 16
    var pixels: [UInt8] = []
    for y in 0..<size.height {
      for x in 0..<size.width {
        let wall = 90 + Int.random(in: 0...60, using: &texture) + Int.random(in: 0...3, using: &noise)
        let isSquare = (left..<left + 16).contains(x) && (24..<40).contains(y)
        let level = UInt8(isSquare ? 255 - wall : wall)
        pixels += [level, level, level]
      }
    }
    return ColorPicture(size: size, pixels: pixels)
  }

  /// The JPEGs of a clip; the square is faster from `change` on.
  private func pictures(_ count: Int, change: Int = .max, seed: UInt64 = 1) throws -> [Data] {
    try (0..<count).map {
      try Self.picture($0, seed: $0 < change ? 1 : seed, speed: $0 < change ? 1 : 5).jpegData(quality: 90)
    }
  }

  /// The clip's frames, read at 10 frames a second of which `rate` are analysed.
  private func reader(_ pictures: [Data], rate: Double) throws -> VideoReader {
    let file = folder.url.appending(path: "\(UUID().uuidString).mjpeg")
    try Data(pictures.joined()).write(to: file)
    return try VideoReader(
      MediaLocation(file: file),
      options: ReaderOptions(analysisFramesPerSecond: rate, analysisSize: Self.size, motion: .estimated))
  }

  private var reconstructor: TemporalMean {
    TemporalMean(cubeShape: CubeShape(frames: 16, height: Self.size.height, width: Self.size.width))
  }

  private func calibration() throws -> Calibration {
    let stream = FeatureStream(reconstructor: reconstructor)
    var builder = CalibrationBuilder(grid: stream.grid)
    let reader = try reader(pictures(120), rate: 10)
    while let frame = try reader.next() {
      for features in try stream.add(frame) { builder.add(features) }
    }
    let made = try builder.calibration()
    #expect(made.motion != nil)
    // Twelve seconds make for caution: less of it, so that there are alerts to see.
    return try Calibration(
      appearance: made.appearance, motion: made.motion, quantile05: made.quantile05,
      quantile50: made.quantile50, quantile995: made.quantile995,
      threshold: made.quantile50 + 0.4 * (made.threshold - made.quantile50), falseAlertsPerDay: 1,
      frameCount: made.frameCount, footageSeconds: made.footageSeconds)
  }

  private func scores(
    _ pictures: [Data], rate: Double = 10,
    truth: @escaping (Int) throws -> PixelCriterion.Truth? = { _ in nil }
  ) throws -> ClipScores {
    let scorer = try ClipScorer(
      reconstructor: reconstructor, calibration: calibration(), irregularTruth: truth)
    let reader = try reader(pictures, rate: rate)
    while let frame = try reader.next() { try scorer.add(frame) }
    #expect(reader.sourceFrameCount == pictures.count)
    return try scorer.finish(frameCount: pictures.count)
  }

  @Test func everyFrameHasItsScores() throws {
    let scores = try scores(pictures(60))
    for values in [scores.irregularity, scores.causal, scores.appearance, try #require(scores.motion)] {
      #expect(values.count == 60 && values.allSatisfy(\.isFinite))
    }
    #expect(scores.unscoredFrameCount == 0 && scores.pixel == nil)
    #expect(abs(scores.seconds - 6) < 1e-9)
  }

  @Test func causalScoresKnowNoFuture() throws {
    let change = 36  // in the middle of a hop, 32…39
    let (one, other) = (
      try scores(pictures(60)), try scores(pictures(60, change: change, seed: 2))
    )
    #expect(one.causal[..<change] == other.causal[..<change])
    #expect(one.causal[change...] != other.causal[change...])
    // The pipeline's own scores do know the end of their hop, and no more.
    #expect(one.irregularity[..<32] == other.irregularity[..<32])
    #expect(one.appearance[32..<change] != other.appearance[32..<change])
  }

  /// The first frame is lent the motion of the second, which a live camera did not have.
  @Test func theFirstFrameKnowsNothing() throws {
    let (one, other) = (try scores(pictures(20)), try scores(pictures(20, change: 1, seed: 2)))
    #expect(one.causal[0] == 0 && other.causal[0] == 0)
    #expect(one.irregularity[0] != other.irregularity[0] && one.causal[1] != other.causal[1])
  }

  /// A frame without motion of its own is lent that of the next. Here one has another size, so that neither it nor the
  /// one after it can be compared with the one before.
  @Test func causalScoresOfFramesWithoutMotionKnowNoFutureEither() throws {
    let odd = 33
    func clip(change: Int) throws -> [Data] {
      var pictures = try pictures(60, change: change, seed: 2)
      pictures[odd] = try Self.picture(odd, seed: 1, speed: 1).doubled.jpegData(quality: 90)
      return pictures
    }
    let reader = try reader(clip(change: .max), rate: 10)
    var still: [Int] = []
    while let frame = try reader.next() {
      if frame.motion?.origin == .some(.none) { still.append(frame.index) }
    }
    try #require(still == [0, odd, odd + 1])
    let one = try scores(clip(change: .max))
    for change in odd + 1...odd + 3 {
      let other = try scores(clip(change: change))
      #expect(one.causal[..<change] == other.causal[..<change], "changed from \(change) on")
      #expect(one.causal != other.causal)
    }
  }

  @Test func aFasterSquareScoresHigher() throws {
    let scores = try scores(pictures(90, change: 50, seed: 1))
    let motion = try #require(scores.motion)
    #expect((motion[55..<85].max() ?? 0) > 2 * (motion[..<48].max() ?? 0))
    #expect(scores.alerts.contains { $0.overlaps(50..<90) })
    #expect(!scores.alerts.contains { $0.upperBound <= 48 })
  }

  @Test func framesThatWereNotAnalysedTakeTheScoreOfTheLastThatWas() throws {
    let all = try pictures(90)
    let scores = try scores(all, rate: 5)
    let analysed = try reader(all, rate: 5)
    var indices: [Int] = []
    while let frame = try analysed.next() { indices.append(frame.sourceIndex) }
    #expect(indices == Array(stride(from: 0, to: 90, by: 2)))
    for values in [scores.irregularity, scores.causal, scores.appearance] {
      try #require(values.count == 90)
      for index in indices { #expect(values[index] == values[index + 1]) }
      #expect(Set(values).count > 5)
    }
    #expect(abs(scores.seconds - 9) < 1e-9)
  }

  @Test(arguments: [1, 2, 15]) func aClipShorterThanACubeIsUnscored(count: Int) throws {
    let scores = try scores(pictures(count))
    #expect(scores.unscoredFrameCount == count)
    let none = [Float](repeating: 0, count: count)
    #expect(scores.irregularity == none && scores.causal == none && scores.appearance == none)
    // The model knows motion, so that the clip does not keep a benchmark from being measured by it.
    #expect(scores.motion == none && scores.alerts.isEmpty)
  }

  @Test func noFramesAreNoScores() throws {
    let scorer = try ClipScorer(reconstructor: reconstructor, calibration: calibration())
    let scores = try scorer.finish(frameCount: 3)
    #expect(scores.irregularity == [0, 0, 0] && scores.causal == [0, 0, 0] && scores.seconds == 0)
  }

  @Test func masksAreAskedForEveryFrameOfTheSource() throws {
    var asked: [Int] = []
    let cells = reconstructor.cubeShape.grid.count
    let scores = try scores(pictures(40), rate: 5) { frame in
      asked.append(frame)
      return PixelCriterion.Truth([Float](repeating: 0, count: cells), isIrregular: false)
    }
    #expect(asked == Array(0..<40))
    // Without an irregular pixel, the highest cell counts.
    let pixel = try #require(scores.pixel)
    #expect(pixel.count == 40 && pixel.allSatisfy(\.isFinite))
  }
}

extension ColorPicture {
  /// The picture at twice its size.
  fileprivate var doubled: ColorPicture {
    let width = 2 * size.width
    let doubled = (0..<4 * size.pixelCount).flatMap { index in
      let pixel = index / width / 2 * size.width + index % width / 2
      return pixels[3 * pixel..<3 * pixel + 3]
    }
    return ColorPicture(size: PictureSize(width: width, height: 2 * size.height), pixels: doubled)
  }
}
