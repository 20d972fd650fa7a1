import Network

/// Finds out whether a trained network does as well where cubes take over half from the one before.
struct ReuseStudy {
  /// By how much the largest errors of usual frames may grow, on average.
  private static let greatestRatio = 1.1

  let network: STAE
  let cubeShape: CubeShape
  let compute: Compute

  /// `half` where it does, on footage that was held back; `exact` where it does not, or cubes do not slide by half.
  ///
  /// - Throws: `NetworkError`, and what `checkCancelled` throws, which is called between cubes.
  func run(heldBack: [TrainingClip], checkCancelled: () throws -> Void) throws -> SlidingNetwork.Reuse {
    let runs = CubeRun.spread(over: heldBack, shape: cubeShape).filter { $0.cubes.count > 1 }
    guard !runs.isEmpty else { return .exact }
    let (encoder, decoder) = network.frozenReconstruction()
    var peaks: [SlidingNetwork.Reuse: Float] = [:]
    for reuse in [SlidingNetwork.Reuse.exact, .half] {
      let sliding = SlidingNetwork([encoder, decoder], reuse: reuse)
      for run in runs {
        try checkCancelled()
        let maps = run.errorMaps(of: try run.reconstruction(by: sliding, on: compute))
        peaks[reuse, default: 0] += maps.reduce(0) { $0 + ($1.values.max() ?? 0) }
      }
    }
    let (exact, half) = (peaks[.exact, default: 0], peaks[.half, default: .infinity])
    print("REUSE", half / exact)
    return half <= Float(Self.greatestRatio) * exact ? .half : .exact
  }
}
