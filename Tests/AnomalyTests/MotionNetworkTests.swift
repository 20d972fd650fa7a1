import Decode
import Foundation
import Network
import TestKit
import Testing

@testable import Anomaly

/// STAE on motion fields: how fields become cubes, how cubes are changed at random, and what is made of the network.
@Suite struct MotionNetworkTests {
  private static let shape = CubeShape(frames: 8, height: 16, width: 24, content: .motion)
  private static let analysisSize = PictureSize(width: 48, height: 32)

  private func field(_ velocity: (_ row: Int, _ column: Int) -> SIMD2<Float>) -> MotionField {
    MotionField(
      columns: 24, rows: 16, velocities: (0..<384).map { velocity($0 / 24, $0 % 24) }, origin: .estimated)
  }

  private func encoded(_ field: MotionField) -> [UInt8] {
    EncodedMotion(field, analysisSize: Self.analysisSize, aspectRatio: 1.5, framesPerSecond: 10).bytes
  }

  /// A square that moves over noise, to the right unless it is told to leap.
  private func fields(frames: Int, speed: Float = 2, seed: UInt64 = 1) -> [EncodedMotion] {
    var generator = SeededGenerator(seed: seed)
    return (0..<frames).map { t in
      EncodedMotion(
        field { row, column in
          let noise = generator.uniform(in: -0.2...0.2)
          return (6..<10).contains(row) && (0..<5).contains((column + 24 - t % 24) % 24)
            ? SIMD2(speed + noise, 0) : SIMD2(noise, noise)
        }, analysisSize: Self.analysisSize, aspectRatio: 1.5, framesPerSecond: 10)
    }
  }

  private func clip(frames: Int) -> TrainingClip {
    TrainingClip(
      name: "square",
      frames: (0..<frames).map { _ in
        GrayPicture(size: Self.analysisSize, pixels: .init(repeating: 90, count: 48 * 32))
      }, times: (0..<frames).map { .milliseconds(100 * $0) }, fields: fields(frames: frames))
  }

  private func trained(steps: Int) throws -> AnomalyModel {
    var options = TrainingOptions(budget: .steps(steps))
    options.augmentation = .motion
    var run = TrainingRun(
      clips: [clip(frames: 400)], initial: nil, framesPerSecond: 10, cubeShape: Self.shape,
      trainingData: "a square", options: options, compute: Compute(threads: 2))
    run.learnsCamera = false
    return try run.run(isCancelled: { false }) { _ in }
  }

  @Test func aClipWithoutAnyMotionIsNamed() throws {
    let whole = clip(frames: 200)
    let still = TrainingClip(name: "slides", frames: whole.frames, times: whole.times)
    let run = TrainingRun(
      clips: [whole, still], initial: nil, framesPerSecond: 10, cubeShape: Self.shape, trainingData: "",
      options: TrainingOptions(budget: .steps(1)), compute: Compute(threads: 1))
    #expect(throws: AnomalyError.noMotion(clip: "slides")) { try run.run(isCancelled: { false }) { _ in } }
  }

  /// The reference picture is 360×240, so that an analysis pixel of 48×32 is 7.5 reference pixels both ways.
  @Test func velocitiesBecomeBytes() {
    let bytes = encoded(
      field { row, column in
        switch (row, column) {
        case (0, 0): .zero
        case (0, 1): SIMD2(2, -2)  // 1.5 pixels per interval: 31.5 steps, rounded away from 0.
        case (0, 2): SIMD2(8, -8)  // 6 pixels per interval.
        default: SIMD2(100, -1000)
        }
      })
    #expect(bytes.prefix(8) == [128, 128, 160, 97, 254, 2, 254, 2])
    #expect(bytes.count == 2 * 384 && bytes.suffix(2) == [254, 2])
  }

  @Test func standardCubesCoverTheSameView() {
    #expect(CubeShape.standard(.gray) == CubeShape())
    let motion = CubeShape.standard(.motion)
    #expect(motion.pictureSize == CubeShape().pictureSize)
    #expect(motion.width == 64 && motion.height == 64 && motion.valuesPerFrame == 8192)
  }

  // MARK: Augmentation

  private func changed(
    _ bytes: [UInt8], side: Float = 1, left: Float = 0, top: Float = 0, mirrored: Bool = false
  ) -> [Float] {
    let draw = Augmentation.Draw(
      side: side, left: left, top: top, gain: 1, bias: 0, blurDeviation: 0, isMirrored: mirrored)
    var result = [Float](repeating: -1, count: bytes.count)
    bytes.withUnsafeBufferPointer { bytes in
      result.withUnsafeMutableBufferPointer { draw.apply(to: bytes, shape: Self.shape, into: $0) }
    }
    return result.map { $0 * 255 }
  }

  @Test func aMirroredFieldMovesTheOtherWay() {
    var generator = SeededGenerator(seed: 3)
    let bytes = encoded(
      field { _, _ in SIMD2(generator.uniform(in: -8...8), generator.uniform(in: -8...8)) })
    let mirrored = changed(bytes, mirrored: true)
    for row in 0..<16 {
      for column in 0..<24 {
        let (here, there) = (2 * (row * 24 + column), 2 * (row * 24 + 23 - column))
        #expect(abs(mirrored[there] - (256 - Float(bytes[here]))) < 1e-3)
        #expect(abs(mirrored[there + 1] - Float(bytes[here + 1])) < 1e-3)
      }
    }
  }

  /// A crop samples x from x and y from y: where both are linear in the place, so is what comes out.
  @Test func cropsKeepChannelsApart() {
    func x(_ column: Float) -> Float { 20 + 4 * column }
    func y(_ row: Float) -> Float { 30 + 9 * row }
    var bytes: [UInt8] = []
    for place in 0..<384 {
      bytes.append(UInt8(x(Float(place % 24))))
      bytes.append(UInt8(y(Float(place / 24))))
    }
    let cropped = changed(bytes, side: 0.5, left: 0.25, top: 0.25)
    for row in 1..<15 {
      for column in 1..<23 {
        let index = 2 * (row * 24 + column)
        // Half the side, from a quarter on: place p comes from ¼ n + ½ (p + ½) − ½.
        let expected = SIMD2(x(5.75 + 0.5 * Float(column)), y(3.75 + 0.5 * Float(row)))
        let found = SIMD2(cropped[index], cropped[index + 1])
        #expect(abs(found.x - expected.x) < 0.01 && abs(found.y - expected.y) < 0.01)
      }
    }
  }

  @Test func cubesHoldTheFieldsOfTheirFrames() {
    let clip = clip(frames: 20)
    let sampler = CubeSampler([clip], shape: Self.shape, augmentation: .none)
    let cube = sampler.cube(clip.part(3..<20), from: 2)
    #expect(cube.shape.sizes == [1, 8, 16, 24, 2])
    let expected = fields(frames: 20)[5..<13].flatMap(\.bytes)
    #expect(cube.values.map { UInt8(($0 * 255).rounded()) } == expected)
  }

  // MARK: The network

  @Test func learnsAndSurvivesItsFile() throws {
    let model = try trained(steps: 6)
    #expect(model.networkName == "STAE-optflow" && model.calibration == nil && model.quantisation == nil)
    let file = model.weightsFile()
    #expect(file.metadata["network"] == "STAE-optflow")
    let read = try AnomalyModel(file, for: [.motion])
    #expect(read.card == model.card && read.digest == model.digest)
    let again = try trained(steps: 6)
    #expect(again.digest == model.digest, "the same seed gives the same network")
  }

  @Test func aNetworkForOtherCubesIsRefused() throws {
    func model(_ content: CubeContent) -> WeightsFile {
      let shape = CubeShape(frames: 8, height: 16, width: 24, content: content)
      return AnomalyModel(
        network: STAE(STAE.Configuration(channels: content.channels), seed: 1),
        card: .init(framesPerSecond: 10, cubeShape: shape, trainingData: "", steps: 0, seed: 1),
        calibration: nil
      ).weightsFile()
    }
    let asGray = #expect(throws: NetworkError.self) { try AnomalyModel(model(.motion)) }
    #expect(asGray?.description.contains("holds STAE-optflow; STAE-grayscale is needed") == true)
    let asMotion = #expect(throws: NetworkError.self) { try AnomalyModel(model(.gray), for: [.motion]) }
    #expect(asMotion?.description.contains("holds STAE-grayscale; STAE-optflow is needed") == true)
    #expect(try AnomalyModel(model(.motion), for: CubeContent.allCases).card.cubeShape.content == .motion)
    // A name that its network belies.
    var renamed = model(.motion)
    renamed.metadata["network"] = "STAE-grayscale"
    #expect(throws: NetworkError.self) { try AnomalyModel(renamed) }
  }

  // MARK: Scores

  @Test func whatMovesOtherwiseScoresHigher() throws {
    let model = try trained(steps: 30)
    func scores(speed: Float) throws -> NetworkScores {
      let scorer = NetworkScorer(
        reconstructor: model.reconstructor(on: Compute(threads: 2)), framesPerSecond: 10)
      // The first frame has no motion, and every second frame of the source is analysed.
      for (index, field) in fields(frames: 30, speed: speed, seed: 5).enumerated() {
        try scorer.add(
          index == 0 ? nil : field.bytes, sourceIndex: 2 * index, presentationTime: .milliseconds(100 * index)
        )
      }
      return try scorer.finish(frameCount: 60)
    }
    let (usual, odd) = (try scores(speed: 2), try scores(speed: -8))
    // Windows have squared errors, the others errors.
    for (usual, odd, factor) in [
      (usual.window, odd.window, 2), (usual.windowMedian, odd.windowMedian, 2), (usual.sum, odd.sum, 1.2),
      (usual.cube, odd.cube, 1.2),
    ] as [([Float], [Float], Float)] {
      #expect(usual.count == 60 && odd.count == 60)
      #expect(odd.reduce(0, +) > factor * usual.reduce(0, +))
      #expect(odd[0] == odd[2] && odd[4] == odd[5], "frames without a score have their neighbour's")
    }
    // The first field is that of frame 1, so that cubes of 8 end with frames 8, 16 and 24.
    #expect(odd.causal[..<16].allSatisfy { $0 == 0 } && odd.causal[16] == odd.window[16])
    #expect(odd.causal[16..<32].allSatisfy { $0 == odd.causal[16] } && odd.causal[32] == odd.window[32])
    let five = stride(from: 12, through: 20, by: 2).map { odd.window[$0] }
    #expect(odd.windowMedian[20] == five.sorted()[2], "the median of five analysed frames")
  }

  @Test func windowSumsAreSums() {
    var generator = SeededGenerator(seed: 7)
    let values = (0..<16 * 24).map { _ in generator.uniform(in: 0...1) }
    let sums = WindowSums(columns: 24, rows: 16) { values[$0] }
    let grid = CellGrid(columns: 3, rows: 2)
    let means = sums.largestMeans(grid: grid, window: (columns: 3, rows: 4))
    for cell in 0..<grid.count {
      var largest: Float = 0
      for row in 8 * (cell / 3)..<8 * (cell / 3) + 8 {
        for column in 8 * (cell % 3)..<8 * (cell % 3) + 8 {
          var (sum, count): (Float, Float) = (0, 0)
          for y in max(0, row - 2)..<min(16, row + 2) {
            for x in max(0, column - 1)..<min(24, column + 2) {
              sum += values[y * 24 + x]
              count += 1
            }
          }
          largest = max(largest, sum / count)
        }
      }
      #expect(abs(means[cell] - largest) < 1e-5)
    }
    var largest: Float = 0
    for top in 0...12 {
      for left in 0...21 {
        var sum: Float = 0
        for y in top..<top + 4 { for x in left..<left + 3 { sum += values[y * 24 + x] } }
        largest = max(largest, sum / 12)
      }
    }
    #expect(abs(sums.largestMean(window: (columns: 3, rows: 4)) - largest) < 1e-5)
    #expect(abs(sums.largestMean(window: (columns: 99, rows: 99)) - values.reduce(0, +) / 384) < 1e-5)
  }
}
