import Network

/// Finds out how a trained network does in 8-bit integers: ranges from some cubes of the training footage, accuracy on
/// some of the held-back.
struct QuantisationStudy {
  let network: STAE
  let cubeShape: CubeShape
  /// What cubes take over from the one before, in the study as in use.
  let reuse: SlidingNetwork.Reuse
  let compute: Compute

  /// - Throws: `NetworkError`, and what `checkCancelled` throws, which is called between cubes.
  func run(training: [TrainingClip], heldBack: [TrainingClip], checkCancelled: () throws -> Void) throws
    -> Quantisation?
  {
    let (encoder, decoder) = network.frozenReconstruction()
    let observer = ActivationRangeObserver(
      [encoder, decoder], input: ActivationRange(lowest: 0, highest: 1), reuse: reuse)
    for run in CubeRun.spread(over: training, shape: cubeShape) {
      try checkCancelled()
      _ = try run.reconstruction(by: observer.network, on: compute)
    }
    guard let ranges = observer.ranges, ranges.allSatisfy(\.isUsable) else { return nil }
    let floats = SlidingNetwork([encoder, decoder], reuse: reuse)
    let integers = SlidingNetwork([encoder, decoder], ranges: ranges, reuse: reuse)
    var (reconstructions, maps) = (Difference(), Difference())
    var peaks: (floats: [Float], integers: [Float]) = ([], [])
    for run in CubeRun.spread(over: heldBack, shape: cubeShape) {
      try checkCancelled()
      let inFloats = try run.reconstruction(by: floats, on: compute)
      let inIntegers = try run.reconstruction(by: integers, on: compute)
      reconstructions.add(inIntegers.values, reference: inFloats.values)
      for (map, reference) in zip(run.errorMaps(of: inIntegers), run.errorMaps(of: inFloats)) {
        maps.add(map.values, reference: reference.values)
        peaks.integers.append(map.values.max() ?? 0)
        peaks.floats.append(reference.values.max() ?? 0)
      }
    }
    return Quantisation(
      ranges: ranges, reconstructionDifference: reconstructions.relative, errorMapDifference: maps.relative,
      rankCorrelation: rankCorrelation(peaks.integers, peaks.floats), frames: peaks.floats.count)
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
