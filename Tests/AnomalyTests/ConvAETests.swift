import Decode
import Network
import Testing

@testable import Anomaly

/// The baseline of Hasan et al.
@Suite struct ConvAETests {
  private static let shape = ConvAE.cubeShape

  /// A bright bar that moves over a gradient.
  private func clip(frames: Int) -> TrainingClip {
    let pictures = (0..<frames).map { t in
      let pixels = (0..<Self.shape.pixelsPerFrame).map { pixel in
        let column = pixel % Self.shape.width
        return (3 * t..<3 * t + 20).contains(column) ? 230 : UInt8(column / 4)
      }
      return GrayPicture(size: Self.shape.pictureSize, pixels: pixels)
    }
    return TrainingClip(name: "bar", frames: pictures, times: (0..<frames).map { .milliseconds(100 * $0) })
  }

  private func trained(frames: Int, steps: Int) throws -> (losses: [Double], network: ConvAE) {
    var losses: [Double] = []
    let training = ConvAETraining(
      clips: [clip(frames: frames)], options: TrainingOptions(budget: .steps(steps)),
      compute: Compute(threads: 2))
    let result = try training.run(isCancelled: { false }) { losses.append($0.report.reconstructionLoss) }
    #expect(result.steps == steps)
    return (losses, result.network)
  }

  @Test func learnsAndGivesTheSameForTheSameSeed() throws {
    let (losses, network) = try trained(frames: 30, steps: 6)
    #expect(losses.count == 6 && losses[5] < 0.7 * losses[0], "\(losses)")
    #expect(try trained(frames: 30, steps: 2).losses == Array(losses.prefix(2)))
    // A pixel under the bar in 7 of 30 frames.
    let mean = network.meanFrame[60]
    #expect(abs(mean - (23 * 15 + 7 * 230) / (30 * 255)) < 1e-5)
  }

  /// Frames are channels inside, and rows of a cube outside.
  @Test func reconstructionsLieAsCubesDo() throws {
    let count = Self.shape.pixelsPerFrame
    let network = ConvAE(meanFrame: (0..<count).map { Float($0 % 7) / 20 }, seed: 3)
    let cube = (0..<Self.shape.elementCount).map { Float(($0 * 31) % 97) / 97 }
    var made = [Float](repeating: -1, count: cube.count)
    let compute = Compute(threads: 2)
    try cube.withUnsafeBufferPointer { cube in
      try made.withUnsafeMutableBufferPointer {
        try ConvAEReconstructor(network, compute: compute).reconstruct(cube, into: $0)
      }
    }
    let picture = (0..<count).flatMap { pixel in
      (0..<10).map { cube[$0 * count + pixel] - network.meanFrame[pixel] }
    }
    let expected = try network.layers(Tensor([1, 227, 227, 10], picture), on: compute).values
    for (frame, pixel) in [(0, 0), (9, count - 1), (4, 1234), (7, 31_000)] {
      let value = expected[pixel * 10 + frame] + network.meanFrame[pixel]
      #expect(abs(made[frame * count + pixel] - value) < 1e-4)
    }
  }

  @Test func tooShortClipsAreRefused() throws {
    let training = ConvAETraining(
      clips: [clip(frames: 9)], options: TrainingOptions(budget: .steps(1)), compute: Compute(threads: 1))
    #expect(throws: AnomalyError.clipsTooShort(longest: 9, needed: 10)) {
      try training.run(isCancelled: { false }) { _ in }
    }
    _ = try trained(frames: 10, steps: 1)
  }
}
