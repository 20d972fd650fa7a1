public import Decode
public import Network

/// Turns crops of people into vectors: one MSP-CNN, ready for use.
///
/// Belongs to one thread at a time.
public final class PersonEmbedder: PersonEmbedding {
  /// Crops that go through the network together: as many as its activations leave room for in the caches.
  static let batchSize = 8

  /// The identity of the model.
  public let modelDigest: String
  /// Whether a crop and its mirror image are both looked at, and the mean is taken: somebody who walks the other way is as
  /// likely.
  public let averagesMirrored: Bool
  private let network: (Tensor) throws -> Tensor
  private let compute: Compute

  /// An embedder with this model.
  ///
  /// - Parameter inIntegers: Whether to compute in 8-bit integers; nil for `EmbedderModel.prefersIntegers`.
  /// - Throws: `NetworkError.kernelFailed` where it shall, and the model does not say how.
  public init(
    _ model: EmbedderModel, averagesMirrored: Bool = true, inIntegers: Bool? = nil, compute: Compute
  ) throws(NetworkError) {
    modelDigest = model.digest
    self.averagesMirrored = averagesMirrored
    self.compute = compute
    let frozen = model.network.frozen()
    if inIntegers ?? model.prefersIntegers {
      let bytes = try ByteNetwork(frozen, ranges: model.quantisation?.ranges ?? [])
      network = { try bytes($0, on: compute) }
    } else {
      network = { try frozen.inParts($0, on: compute) }
    }
  }

  /// One embedding for each crop; crops may have any size and shape.
  ///
  /// - Throws: `NetworkError`; `ReIDError.embedding` where the network gives nothing usable.
  public func embeddings(of crops: [ColorPicture]) throws -> [Embedding] {
    var embeddings: [Embedding] = []
    for start in stride(from: 0, to: crops.count, by: Self.batchSize) {
      let batch = Array(crops[start..<min(crops.count, start + Self.batchSize)])
      let features = try network(CropTensor.whole(batch))
      if averagesMirrored {
        features.add(
          try network(CropTensor.whole(batch, areMirrored: true)), on: compute)
      }
      let numbers = features.values
      for row in batch.indices {
        let vector = Array(numbers[row * MSPCNN.dimension..<(row + 1) * MSPCNN.dimension])
        embeddings.append(try Embedding(vector, model: modelDigest))
      }
    }
    return embeddings
  }
}
