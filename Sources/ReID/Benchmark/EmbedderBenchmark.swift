public import Network

/// How fast people are embedded here.
public enum EmbedderBenchmark {
  /// Multiplications and additions of MSP-CNN for one crop.
  static let operationsPerCrop = 0.80e9

  /// A batch of crops through the network, as it is done when a track ends.
  public static func inference(
    of network: MSPCNN, batch: Int, rounds: Int, on compute: Compute
  ) throws -> ComputeBenchmark {
    let frozen = network.frozen()
    var generator = SeededGenerator(seed: 2)
    let crops = CropTensor.empty(count: batch)
    crops.withUnsafeMutableBufferPointer { numbers in
      for i in numbers.indices { numbers[i] = generator.uniform(in: -1...1) }
    }
    return try ComputeBenchmark(
      "embedder", operations: operationsPerCrop * Double(batch), rounds: rounds, on: compute
    ) {
      _ = try frozen.inParts(crops, on: compute)
    }
  }
}
