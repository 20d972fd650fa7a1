import Decode
import Foundation
import Network
import TestKit
import Testing

@testable import Anomaly

@Suite struct TrainingTests {
  private static let shape = CubeShape(frames: 8, height: 32, width: 32)

  /// A bright square that goes round in a noisy picture.
  private func footage(frames: Int, seed: UInt64 = 1) -> TrainingClip {
    var generator = SeededGenerator(seed: seed)
    let pictures = (0..<frames).map { t in
      var pixels = (0..<1024).map { _ in UInt8(40 + generator.next() % 8) }
      for y in 10..<16 {
        for x in 0..<6 { pixels[y * 32 + (t + x) % 32] = 220 }
      }
      return GrayPicture(size: PictureSize(width: 32, height: 32), pixels: pixels)
    }
    return TrainingClip(name: "square", frames: pictures, times: (0..<frames).map { .milliseconds(100 * $0) })
  }

  private func run(_ clips: [TrainingClip], steps: Int) -> TrainingRun {
    TrainingRun(
      clips: clips, initial: nil, framesPerSecond: 10, cubeShape: Self.shape, trainingData: "a square",
      options: TrainingOptions(budget: .steps(steps)), compute: Compute(threads: 2))
  }

  @Test func learnsAndCalibrates() throws {
    var losses: [Double] = []
    let model = try run([footage(frames: 400)], steps: 60).run(isCancelled: { false }) {
      losses.append($0.report.reconstructionLoss)
    }
    #expect(losses.count == 60)
    let (first, last) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
    #expect(last < 0.5 * first)
    #expect(model.card.steps == 60)
    let calibration = try #require(model.calibration)
    #expect(calibration.grid == Self.shape.grid)
    #expect(calibration.frameCount >= 64)
    let quantisation = try #require(model.quantisation)
    #expect(quantisation.ranges.count == 8 && quantisation.ranges[0].highest == 1)
    #expect(quantisation.frames > 0 && quantisation.frames % 16 == 0)
    #expect((0.0001..<0.2).contains(quantisation.reconstructionDifference))
    #expect((-1...1).contains(quantisation.rankCorrelation))
  }

  @Test func sameSeedGivesTheSameModelOnAnyNumberOfThreads() throws {
    let digests = try [1, 2].map { threads in
      var run = run([footage(frames: 400)], steps: 5)
      run.compute = Compute(threads: threads)
      return try run.run(isCancelled: { false }) { _ in }.digest
    }
    #expect(digests[0] == digests[1])
    var other = run([footage(frames: 400)], steps: 5)
    other.options.seed = 2
    #expect(try other.run(isCancelled: { false }) { _ in }.digest != digests[0])
  }

  /// Interrupted after 7 of 12 steps and resumed: as if never interrupted.
  @Test func resumesExactly() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.checkpoint")
    let whole = try run([footage(frames: 400)], steps: 12).run(isCancelled: { false }) { _ in }
    var first = run([footage(frames: 400)], steps: 12)
    first.checkpoint = .init(url: url, resumes: false)
    var steps = 0
    let error = #expect(throws: AnomalyError.self) {
      try first.run(isCancelled: { steps == 7 }) { steps = $0.report.step }
    }
    #expect(error == .interrupted(steps: 7, checkpoint: url.path))
    var second = run([footage(frames: 400)], steps: 12)
    second.checkpoint = .init(url: url, resumes: true)
    #expect(try second.run(isCancelled: { false }) { _ in }.digest == whole.digest)
  }

  /// Interrupted after the last step, while it calibrates: nothing is trained again.
  @Test func resumesACalibration() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.checkpoint")
    var first = run([footage(frames: 400)], steps: 3)
    first.checkpoint = .init(url: url, resumes: false)
    var steps = 0
    let error = #expect(throws: AnomalyError.self) {
      try first.run(isCancelled: { steps == 3 }) { steps = $0.report.step }
    }
    #expect(error == .interrupted(steps: 3, checkpoint: url.path))
    var second = run([footage(frames: 400)], steps: 3)
    second.checkpoint = .init(url: url, resumes: true)
    let resumed = try second.run(isCancelled: { false }) { _ in Issue.record("a step too many") }
    #expect(
      try resumed.digest == run([footage(frames: 400)], steps: 3).run(isCancelled: { false }) { _ in }.digest)
  }

  @Test func checkpointsOfOtherTrainingsAreRefused() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.checkpoint")
    var first = run([footage(frames: 400)], steps: 12)
    first.checkpoint = .init(url: url, resumes: false)
    var steps = 0
    #expect(throws: AnomalyError.self) {
      try first.run(isCancelled: { steps == 2 }) { steps = $0.report.step }
    }
    var second = run([footage(frames: 400)], steps: 12)
    second.options.seed = 9
    second.checkpoint = .init(url: url, resumes: true)
    #expect(throws: NetworkError.self) { try second.run(isCancelled: { false }) { _ in } }
    var third = run([footage(frames: 420)], steps: 12)
    third.checkpoint = .init(url: url, resumes: true)
    #expect(throws: NetworkError.self) { try third.run(isCancelled: { false }) { _ in } }
  }

  /// As many frames, but of another camera, at another time or at another rate.
  @Test func checkpointsOfOtherFootageAreRefused() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.checkpoint")
    let clip = footage(frames: 400)
    var first = run([clip], steps: 12)
    first.checkpoint = .init(url: url, resumes: false)
    var steps = 0
    #expect(throws: AnomalyError.self) {
      try first.run(isCancelled: { steps == 2 }) { steps = $0.report.step }
    }
    let others = [
      footage(frames: 400, seed: 2),
      TrainingClip(name: "circle", frames: clip.frames, times: clip.times),
      TrainingClip(name: clip.name, frames: clip.frames, times: clip.times.map { $0 * 2 }),
    ].map { run([$0], steps: 12) }
    var faster = run([clip], steps: 12)
    faster.framesPerSecond = 20
    for var other in others + [faster] {
      other.checkpoint = .init(url: url, resumes: true)
      let error = #expect(throws: NetworkError.self) { try other.run(isCancelled: { false }) { _ in } }
      #expect(error?.description.contains("other footage") == true)
    }
    // The same clip under another path is the same.
    let moved = TrainingClip(name: "elsewhere/square", frames: clip.frames, times: clip.times)
    var same = run([moved], steps: 3)
    same.checkpoint = .init(url: url, resumes: true)
    #expect(try same.run(isCancelled: { false }) { _ in }.card.steps == 3)
  }

  @Test func aDivergedTrainingEndsWithoutACheckpoint() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.checkpoint")
    var run = run([footage(frames: 400)], steps: 12)
    run.options.learningRate = .nan
    run.checkpoint = .init(url: url, resumes: false)
    var steps = 0
    let error = #expect(throws: AnomalyError.self) {
      try run.run(isCancelled: { false }) { steps = $0.report.step }
    }
    #expect(steps < 12 && error == .diverged(step: steps + 1))
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  @Test func tooLittleFootageIsRefused() {
    #expect(throws: AnomalyError.self) {
      try run([footage(frames: 40)], steps: 5).run(isCancelled: { false }) { _ in }
    }
    // Enough to train on, but not to calibrate on: found out before the first step.
    #expect(throws: AnomalyError.tooLittleFootage(frames: 60, needed: 64)) {
      try run([footage(frames: 120)], steps: 5).run(isCancelled: { false }) { _ in Issue.record("a step") }
    }
    #expect(throws: AnomalyError.self) { try run([], steps: 5).run(isCancelled: { false }) { _ in } }
  }

  @Test func heldBackFootageIsNeverTrainedOn() throws {
    let single = try FootageSplit([footage(frames: 320)], windowFrames: 16)
    let heldBack = Set(single.heldBack.flatMap(\.times))
    #expect(!heldBack.isEmpty && single.training.flatMap(\.times).allSatisfy { !heldBack.contains($0) })
    #expect(single.training.flatMap(\.times).count + heldBack.count == 320)
    #expect(single.training.allSatisfy { $0.frames.count >= 16 })
    #expect(heldBack.count == 160, "half of little footage")
    let long = try FootageSplit([footage(frames: 6_400)], windowFrames: 16)
    #expect(long.heldBack.reduce(0) { $0 + $1.frames.count } == 1_600)
    let several = try FootageSplit((0..<8).map { footage(frames: 40, seed: UInt64($0)) }, windowFrames: 16)
    #expect(several.heldBack.count == 2 && several.training.count == 6)
  }

  /// A network that is to know nothing but its weights needs no footage to calibrate on.
  @Test func networkAloneLearnsFromAllFootage() throws {
    let clips = (0..<4).map { footage(frames: 40, seed: UInt64($0)) } + [footage(frames: 8)]
    let all = try FootageSplit(undivided: clips, windowFrames: 16)
    #expect(all.training.map(\.frames.count) == [40, 40, 40, 40] && all.heldBack.isEmpty)
    #expect(throws: AnomalyError.clipsTooShort(longest: 8, needed: 16)) {
      try FootageSplit(undivided: [footage(frames: 8)], windowFrames: 16)
    }
    var run = run([footage(frames: 40)], steps: 2)
    run.learnsCamera = false
    let model = try run.run(isCancelled: { false }) { #expect($0.validationLoss == nil) }
    #expect(model.card.steps == 2 && model.calibration == nil)
  }

  /// Every window of every clip is drawn, and none that crosses the end of a clip.
  @Test func samplerDrawsEveryWindow() throws {
    let clips = [footage(frames: 18), footage(frames: 16)].enumerated().map { number, clip in
      TrainingClip(
        name: "\(number)",
        frames: clip.frames.indices.map { frame in
          GrayPicture(
            size: PictureSize(width: 32, height: 32),
            pixels: .init(repeating: UInt8(number * 100 + frame), count: 1024))
        }, times: clip.times)
    }
    let sampler = CubeSampler(clips, shape: Self.shape, augmentation: .none)
    var generator = SeededGenerator(seed: 1)
    var starts: Set<Int> = []
    for _ in 0..<100 {
      let (cube, future) = sampler.draw(using: &generator)
      let start = Int((cube.values[0] * 255).rounded())
      starts.insert(start)
      #expect(Int((future.values[0] * 255).rounded()) == start + 8)
      let last = try #require(future.values.last)
      #expect(Int((last * 255).rounded()) == start + 15)
    }
    #expect(starts == [0, 1, 2, 100])
  }

  @Test func augmentationKeepsTheRange() {
    var generator = SeededGenerator(seed: 4)
    let picture = footage(frames: 1).frames[0]
    for _ in 0..<50 {
      let draw = Augmentation.paper.draw(using: &generator)
      var result = [Float](repeating: -1, count: 1024)
      picture.pixels.withUnsafeBufferPointer { pixels in
        result.withUnsafeMutableBufferPointer { draw.apply(to: pixels, shape: Self.shape, into: $0) }
      }
      #expect(result.allSatisfy { (0...1).contains($0) })
    }
    var identity = [Float](repeating: -1, count: 1024)
    picture.pixels.withUnsafeBufferPointer { pixels in
      identity.withUnsafeMutableBufferPointer {
        Augmentation.none.draw(using: &generator).apply(to: pixels, shape: Self.shape, into: $0)
      }
    }
    #expect(zip(identity, picture.pixels).allSatisfy { abs($0 * 255 - Float($1)) < 1e-3 })
  }
}
