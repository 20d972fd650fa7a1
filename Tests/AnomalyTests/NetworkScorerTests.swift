import Decode
import Testing

@testable import Anomaly

/// A "network" that sees nothing, so that a pixel's error is its brightness.
private final class Blind: CubeReconstructor {
  let cubeShape = CubeShape(frames: 8, height: 16, width: 16)

  func reconstruct(_ cube: UnsafeBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Float>) {
    result.update(repeating: 0)
  }
}

/// A "network" that copies all of a cube but its first frame.
private final class Forgetful: CubeReconstructor {
  let cubeShape = CubeShape(frames: 8, height: 16, width: 16)

  func reconstruct(_ cube: UnsafeBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Float>) {
    for index in cube.indices { result[index] = index < cubeShape.pixelsPerFrame ? 0 : cube[index] }
  }
}

@Suite struct NetworkScorerTests {
  /// Frame t is t/255 bright.
  private func scores(
    by network: any CubeReconstructor = Blind(), frames: Int, hop: Int, cut: Int? = nil
  ) throws -> NetworkScores {
    let scorer = NetworkScorer(reconstructor: network, framesPerSecond: 10, hop: hop)
    for t in 0..<frames {
      let time = cut.map { t >= $0 } == true ? 100 * t + 60_000 : 100 * t
      try scorer.add(
        [UInt8](repeating: UInt8(t), count: 256), sourceIndex: t, presentationTime: .milliseconds(time))
    }
    return try scorer.finish(frameCount: frames)
  }

  private func mean(_ frames: [Int]) -> Float { Float(frames.reduce(0, +)) / (255 * Float(frames.count)) }

  private func cubeError(from start: Int) -> Float { mean(Array(start..<start + 8)) }

  /// Cubes of eight frames start every `hop` frames, the last one so that it ends with frame 29; each stands for as many frames in
  /// its middle as are new in it, rounded towards its start.
  @Test(arguments: [
    (1, (1...22).map { [$0 + 3, $0] }),
    (3, (1...7).map { [3 * $0 + 2, 3 * $0] } + [[25, 22]]),
    (8, [[8, 8], [16, 16], [23, 22]]),
  ]) func aFrameHasTheErrorOfTheCubeInWhoseMiddleItIs(hop: Int, middlesAndStarts: [[Int]]) throws {
    let scores = try scores(frames: 30, hop: hop)
    for t in 0..<30 {
      let start = middlesAndStarts.last { $0[0] <= t }?[1] ?? 0
      #expect(abs(scores.cube[t] - cubeError(from: start)) < 1e-6, "frame \(t)")
      let brightness = Float(t) / 255
      #expect(abs(scores.sum[t] - 256 * brightness) < 1e-3)
      #expect(abs(scores.window[t] - brightness * brightness) < 1e-6)
    }
  }

  /// Frames 0…4 begin a cube each, and so many cubes hold them and the others.
  @Test func aFramesSumIsTheMeanOverAllCubesThatHoldIt() throws {
    let sums = try scores(by: Forgetful(), frames: 12, hop: 1).sum
    for (t, cubes) in [1, 2, 3, 4, 5, 5, 5, 5, 4, 3, 2, 1].enumerated() {
      let expected = t <= 4 ? 256 * Float(t) / 255 / Float(cubes) : 0
      #expect(abs(sums[t] - expected) < 1e-3, "frame \(t)")
    }
  }

  /// By hand: 3-4-5 and 5-12-13.
  @Test func aPixelsErrorIsTheNormOverItsChannels() {
    let (picture, copy): ([Float], [Float]) = ([1, 2, 9, 0], [4, 6, 4, 12])
    picture.withUnsafeBufferPointer { picture in
      copy.withUnsafeBufferPointer { copy in
        #expect(pixelError(0, of: picture, copy: copy, channels: 2) == 5)
        #expect(pixelError(1, of: picture, copy: copy, channels: 2) == 13)
        #expect(pixelError(3, of: picture, copy: copy, channels: 1) == 12)
      }
    }
  }

  /// Frames of which nothing is known are in no cube: it reaches further back in the source.
  @Test func aCubeIsOfKnownFrames() throws {
    let scorer = NetworkScorer(reconstructor: Blind(), framesPerSecond: 10, hop: 1)
    for t in 0..<12 {
      let values = t == 3 || t == 6 ? nil : [UInt8](repeating: UInt8(t), count: 256)
      try scorer.add(values, sourceIndex: t, presentationTime: .milliseconds(100 * t))
    }
    let cube = try scorer.finish(frameCount: 12).cube
    // Of 0…9 without 3 and 6, of 1…10, of 2…11; the middle of the second is 5, of the third 7.
    for (first, frames) in [
      (0, [0, 1, 2, 4, 5, 7, 8, 9]), (5, [1, 2, 4, 5, 7, 8, 9, 10]), (7, [2, 4, 5, 7, 8, 9, 10, 11]),
    ] {
      #expect(abs(cube[first] - mean(frames)) < 1e-6, "frame \(first)")
    }
    #expect(cube[4] == cube[0] && cube[6] == cube[5] && cube[11] == cube[7])
  }

  /// With hop 8, the cube before the pause has four new frames only.
  @Test(arguments: [4, 8]) func noCubeReachesOverAPause(hop: Int) throws {
    let scores = try scores(frames: 24, hop: hop, cut: 12)
    let starts = [(0, 0), (5, 0), (6, 4), (11, 4), (12, 12), (17, 12), (18, 16), (23, 16)]
    for (frame, start) in starts {
      #expect(abs(scores.cube[frame] - cubeError(from: start)) < 1e-6, "frame \(frame)")
    }
  }
}
