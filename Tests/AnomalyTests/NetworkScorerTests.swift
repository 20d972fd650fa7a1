import Decode
import Testing

@testable import Anomaly

/// A "network" that sees nothing, so that a frame's error is its brightness squared.
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

  private func rootMeanSquare(_ frames: some Sequence<Int>) -> Float {
    let squares = frames.map { Float($0 * $0) / (255 * 255) }
    return (squares.reduce(0, +) / Float(squares.count)).squareRoot()
  }

  private func cubeError(from start: Int) -> Float { rootMeanSquare(start..<start + 8) }

  @Test(arguments: [1, 3, 8]) func aFrameHasTheErrorOfTheCubeThatStartsWithItOrBefore(hop: Int) throws {
    let scores = try scores(frames: 30, hop: hop)
    for t in 0..<30 {
      // Cubes start every `hop` frames; the last one ends with the last frame.
      let last = 22
      let start = t >= last ? last : t / hop * hop
      #expect(abs(scores.cube[t] - cubeError(from: start)) < 1e-6, "frame \(t)")
      #expect(abs(scores.sum[t] - 256 * Float(t * t) / (255 * 255)) < 1e-3)
    }
  }

  /// Frames of which nothing is known are in no cube: it reaches further back in the source.
  @Test func aCubeStartsWithItsFirstKnownFrame() throws {
    let scorer = NetworkScorer(reconstructor: Blind(), framesPerSecond: 10, hop: 1)
    for t in 0..<12 {
      let values = t == 3 || t == 6 ? nil : [UInt8](repeating: UInt8(t), count: 256)
      try scorer.add(values, sourceIndex: t, presentationTime: .milliseconds(100 * t))
    }
    let cube = try scorer.finish(frameCount: 12).cube
    // Of 0…9 without 3 and 6, of 1…10, of 2…11.
    for (start, frames) in [(0, [0, 1, 2, 4, 5, 7, 8, 9]), (1, [1, 2, 4, 5, 7, 8, 9, 10])] {
      #expect(abs(cube[start] - rootMeanSquare(frames)) < 1e-6, "frame \(start)")
    }
    #expect(cube[3] == cube[2] && cube[11] == cube[2])
  }

  @Test func noCubeReachesOverAPause() throws {
    let scores = try scores(frames: 24, hop: 8, cut: 12)
    let starts = [(0, 0), (3, 0), (4, 4), (11, 4), (12, 12), (15, 12), (16, 16), (23, 16)]
    for (frame, start) in starts {
      #expect(abs(scores.cube[frame] - cubeError(from: start)) < 1e-6, "frame \(frame)")
    }
  }
}
