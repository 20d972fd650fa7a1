public import Network

/// How fast STAE runs and learns here.
public enum STAEBenchmark {
  /// Multiplications and additions of the reconstruction branch for one cube of 16×128×128.
  static let inferenceOperations = 6.65e9
  /// The same for one training step of both branches with all gradients, the needless one of the input included.
  static let trainingOperations = 28e9

  /// One cube through encoder and reconstruction, as scoring does it.
  public static func inference(
    of network: STAE, rounds: Int, on compute: Compute
  ) throws -> ComputeBenchmark {
    let (encoder, decoder) = network.frozenReconstruction()
    let cube = randomCube(seed: 2)
    return try ComputeBenchmark("stae", operations: inferenceOperations, rounds: rounds, on: compute) {
      _ = try decoder(encoder(cube, on: compute), on: compute)
    }
  }

  /// One cube in 8-bit integers, against floats.
  public static func integers(
    of network: STAE, rounds: Int, on compute: Compute
  ) throws -> ComparisonBenchmark {
    let (floats, integers) = (try sliding(network), try sliding(network, inIntegers: true))
    let cube = randomCube(seed: 2)
    return try ComparisonBenchmark(
      "stae int8", against: "stae", rounds: rounds, on: compute,
      instructionSet: Compute.integerInstructionSet
    ) {
      _ = try integers(cube, on: compute)
    } other: {
      _ = try floats(cube, on: compute)
    }
  }

  /// The last 8 frames of a cube that goes on where the one before ended, against the whole cube.
  public static func sliding(
    of network: STAE, inIntegers: Bool, rounds: Int, on compute: Compute
  ) throws -> ComparisonBenchmark {
    let sliding = try sliding(network, inIntegers: inIntegers)
    let whole = try Self.sliding(network, inIntegers: inIntegers)
    // Frames that come again after 8: the cube goes on where it ended itself.
    let frames = randomCube(seed: 2).values.prefix(8 * 128 * 128)
    let cube = Tensor([1, 16, 128, 128, 1], Array(frames + frames))
    let name = inIntegers ? "stae int8" : "stae"
    return try ComparisonBenchmark(
      name + ", hop 8", against: name + ", whole cube", rounds: rounds, on: compute,
      instructionSet: inIntegers ? Compute.integerInstructionSet : Compute.instructionSet
    ) {
      _ = try sliding.next(cube, hop: 8, on: compute)
    } other: {
      _ = try whole(cube, on: compute)
    }
  }

  private static func sliding(_ network: STAE, inIntegers: Bool = false) throws -> SlidingNetwork {
    let (encoder, decoder) = network.frozenReconstruction()
    guard inIntegers else { return SlidingNetwork([encoder, decoder]) }
    let observer = ActivationRangeObserver([encoder, decoder], input: ActivationRange(lowest: 0, highest: 1))
    _ = try observer.observe(randomCube(seed: 2), on: Compute(threads: 1))
    return SlidingNetwork([encoder, decoder], ranges: observer.ranges)
  }

  /// One step of training: forward and backward through both branches, and the update.
  public static func training(
    of network: STAE, rounds: Int, on compute: Compute
  ) throws -> ComputeBenchmark {
    let (cube, future) = (randomCube(seed: 2), randomCube(seed: 3))
    let weights = TrainingOptions.PredictionWeights.decreasing(offset: 0).perFrame(16)
    let optimizer = Adam(network.namedParameters)
    return try ComputeBenchmark("train", operations: trainingOperations, rounds: rounds, on: compute) {
      _ = try Trainer.propagate(network, cube: cube, future: future, frameWeights: weights, on: compute)
      optimizer.update()
    }
  }

  /// Cubes of several cameras, each on a thread of its own with a network of its own, against one camera.
  public static func cameras(_ cameras: Int, rounds: Int) throws -> ScalingBenchmark {
    try ScalingBenchmark("cameras", streams: cameras, rounds: rounds) {
      let (encoder, decoder) = STAE(seed: 1).frozenReconstruction()
      let cube = randomCube(seed: 2)
      let compute = Compute(threads: 1)
      return { _ = try decoder(encoder(cube, on: compute), on: compute) }
    }
  }

  private static func randomCube(seed: UInt64) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return Tensor([1, 16, 128, 128, 1], (0..<16 * 128 * 128).map { _ in generator.uniform(in: 0...1) })
  }
}
