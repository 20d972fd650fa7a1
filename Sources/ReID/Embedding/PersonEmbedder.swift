public import Decode
public import Network

/// Turns crops of people into vectors: one MSP-CNN, ready for use.
///
/// Belongs to one thread at a time.
public final class PersonEmbedder {
  /// Crops that go through the network together: as many as its activations leave room for in the caches.
  static let batchSize = 8

  /// The identity of the model.
  public let modelDigest: String
  /// Whether a crop and its mirror image are both looked at, and the mean is taken.
  public let averagesMirrored: Bool
  private let network: FrozenSequential
  private let compute: Compute

  /// An embedder with this model.
  public init(_ model: EmbedderModel, averagesMirrored: Bool = false, compute: Compute) {
    modelDigest = model.digest
    self.averagesMirrored = averagesMirrored
    network = model.network.frozen()
    self.compute = compute
  }

  /// One vector of length 1 for each crop; crops may have any size and shape.
  ///
  /// - Throws: `NetworkError`.
  public func vectors(of crops: [ColorPicture]) throws(NetworkError) -> [[Float]] {
    var vectors: [[Float]] = []
    for start in stride(from: 0, to: crops.count, by: Self.batchSize) {
      let batch = Array(crops[start..<min(crops.count, start + Self.batchSize)])
      let features = try network(CropTensor.centres(of: batch), on: compute)
      if averagesMirrored {
        features.add(try network(CropTensor.centres(of: batch, areMirrored: true), on: compute), on: compute)
      }
      vectors += features.rowsOfLengthOne
    }
    return vectors
  }
}

extension Tensor {
  /// Rows of channels, each divided by its length; a row of zeros stays one.
  fileprivate var rowsOfLengthOne: [[Float]] {
    let (numbers, width) = (values, shape.channels)
    return (0..<shape.rows).map { row in
      let row = numbers[row * width..<(row + 1) * width]
      let length = row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      return length > 0 ? row.map { Float(Double($0) / length) } : Array(row)
    }
  }
}
