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
