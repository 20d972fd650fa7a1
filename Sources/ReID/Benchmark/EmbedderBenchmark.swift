public import Network

/// How fast people are embedded here.
public enum EmbedderBenchmark {
  /// Multiplications and additions of MSP-CNN for one crop.
  static let operationsPerCrop = 0.80e9

  /// A batch of crops through the network, as it is done when a track ends.
  public static func inference(
    of network: MSPCNN, batch: Int, rounds: Int, on compute: Compute
  ) throws -> ComputeBenchmark {
    let (frozen, crops) = (network.frozen(), randomCrops(batch))
    return try ComputeBenchmark(
      "embedder", operations: operationsPerCrop * Double(batch), rounds: rounds, on: compute
    ) {
      _ = try frozen.inParts(crops, on: compute)
    }
  }

  /// A batch in 8-bit integers, against floats.
  public static func integers(
    of network: MSPCNN, batch: Int, rounds: Int, on compute: Compute
  ) throws -> ComparisonBenchmark {
    let (frozen, crops) = (network.frozen(), randomCrops(batch))
    let integers = try ByteNetwork(
      frozen, ranges: ByteNetwork.ranges(of: frozen, on: crops, compute: compute))
    return try ComparisonBenchmark(
      "embedder int8", against: "embedder", rounds: rounds, on: compute,
      instructionSet: Compute.integerInstructionSet
    ) {
      _ = try integers(crops, on: compute)
    } other: {
      _ = try frozen.inParts(crops, on: compute)
    }
  }

  private static func randomCrops(_ count: Int) -> Tensor {
    var generator = SeededGenerator(seed: 2)
    let crops = CropTensor.empty(count: count)
    crops.withUnsafeMutableBufferPointer { numbers in
      for i in numbers.indices { numbers[i] = generator.uniform(in: -1...1) }
    }
    return crops
  }
}
