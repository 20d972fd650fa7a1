import Decode
import Network

/// Finds out how a trained network does in 8-bit integers: ranges from some cubes of the training footage, accuracy on
/// some of the held-back.
struct QuantisationStudy {
  /// Cubes of each kind, spread over the footage.
  private static let cubeCount = 24

  let network: STAE
  let cubeShape: CubeShape
  let compute: Compute

  /// - Throws: `NetworkError`, and what `checkCancelled` throws, which is called between cubes.
  func run(training: [TrainingClip], heldBack: [TrainingClip], checkCancelled: () throws -> Void) throws
    -> Quantisation?
  {
    let (encoder, decoder) = network.frozenReconstruction()
    let observer = ActivationRangeObserver([encoder, decoder], input: ActivationRange(lowest: 0, highest: 1))
    for cube in cubes(of: training) {
      try checkCancelled()
      _ = try observer.observe(cube, on: compute)
    }
    guard let ranges = observer.ranges, ranges.allSatisfy(\.isUsable) else { return nil }
    let floats = SlidingNetwork([encoder, decoder])
    let integers = SlidingNetwork([encoder, decoder], ranges: ranges)
    var (reconstructions, maps) = (Difference(), Difference())
    var peaks: (floats: [Float], integers: [Float]) = ([], [])
    for cube in cubes(of: heldBack) {
      try checkCancelled()
      let (inFloats, inIntegers) = (try floats(cube, on: compute), try integers(cube, on: compute))
      reconstructions.add(inIntegers.values, reference: inFloats.values)
      for (map, reference) in zip(errorMaps(cube, inIntegers), errorMaps(cube, inFloats)) {
        maps.add(map.values, reference: reference.values)
        peaks.integers.append(map.values.max() ?? 0)
        peaks.floats.append(reference.values.max() ?? 0)
      }
    }
    return Quantisation(
      ranges: ranges, reconstructionDifference: reconstructions.relative, errorMapDifference: maps.relative,
      rankCorrelation: rankCorrelation(peaks.integers, peaks.floats), frames: peaks.floats.count)
  }

  private func cubes(of clips: [TrainingClip]) -> [Tensor] {
    let starts = clips.indices.flatMap { clip in
      stride(from: 0, through: clips[clip].frames.count - cubeShape.frames, by: cubeShape.frames).map {
        (clip: clip, frame: $0)
      }
    }
    let count = min(Self.cubeCount, starts.count)
    return (0..<count).map { number in
      let start = starts[number * starts.count / count]
      let frames = clips[start.clip].frames[start.frame..<start.frame + cubeShape.frames]
      return Tensor(
        cubeShape.tensorShape,
        frames.flatMap { $0.pixels.map { Float($0) * (1 / 255) } })
    }
  }

  private func errorMaps(_ cube: Tensor, _ reconstruction: Tensor) -> [ErrorMap] {
    let pixels = cubeShape.pixelsPerFrame
    return cube.withUnsafeBufferPointer { cube in
      reconstruction.withUnsafeBufferPointer { reconstruction in
        (0..<cubeShape.frames).map { frame in
          let range = frame * pixels..<(frame + 1) * pixels
          return ErrorMap(
            grid: cubeShape.grid, frame: UnsafeBufferPointer(rebasing: cube[range]),
            reconstruction: UnsafeBufferPointer(rebasing: reconstruction[range]))
        }
      }
    }
  }

  /// Sums of squares of differences and of what they are differences to.
  private struct Difference {
    private var (differences, references) = (0.0, 0.0)

    mutating func add(_ values: [Float], reference: [Float]) {
      for (value, reference) in zip(values, reference) {
        let difference = Double(value) - Double(reference)
        differences += difference * difference
        references += Double(reference) * Double(reference)
      }
    }

    /// The root mean square of the differences as a share of that of the references.
    var relative: Double { references > 0 ? (differences / references).squareRoot() : 0 }
  }
}
