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

@Suite struct NetworkScorerTests {
  /// Frame t is t/255 bright.
  private func scores(frames: Int, hop: Int, cut: Int? = nil) throws -> NetworkScores {
    let scorer = NetworkScorer(reconstructor: Blind(), framesPerSecond: 10, hop: hop)
    for t in 0..<frames {
      let time = cut.map { t >= $0 } == true ? 100 * t + 60_000 : 100 * t
      try scorer.add(
        [UInt8](repeating: UInt8(t), count: 256), sourceIndex: t, presentationTime: .milliseconds(time))
    }
    return try scorer.finish(frameCount: frames)
  }

  private func mean(_ frames: [Int]) -> Float { Float(frames.reduce(0, +)) / (255 * Float(frames.count)) }

  private func cubeError(from start: Int) -> Float { mean(Array(start..<start + 8)) }

  /// Cubes start every `hop` frames, and their middle so many frames further; the last one ends with the last frame.
  @Test(arguments: [(1, 3), (3, 2), (8, 0)])
  func aFrameHasTheErrorOfTheCubeInWhoseMiddleItIs(hop: Int, middle: Int) throws {
    let scores = try scores(frames: 30, hop: hop)
    let starts = Array(stride(from: 0, through: 22, by: hop)) + [22]
    for t in 0..<30 {
      let start = starts.last { $0 + middle <= t } ?? 0
      #expect(abs(scores.cube[t] - cubeError(from: start)) < 1e-6, "frame \(t)")
      #expect(abs(scores.sum[t] - 256 * Float(t) / 255) < 1e-3)
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

  @Test func noCubeReachesOverAPause() throws {
    let scores = try scores(frames: 24, hop: 4, cut: 12)
    let starts = [(0, 0), (5, 0), (6, 4), (11, 4), (12, 12), (17, 12), (18, 16), (23, 16)]
    for (frame, start) in starts {
      #expect(abs(scores.cube[frame] - cubeError(from: start)) < 1e-6, "frame \(frame)")
    }
  }
}
