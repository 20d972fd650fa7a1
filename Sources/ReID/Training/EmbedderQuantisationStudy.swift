public import Decode
public import Network

/// Finds out how a trained embedder does in 8-bit integers.
public struct EmbedderQuantisationStudy {
  /// Crops that ranges are taken from, spread over all there are.
  private static let observedCrops = 256
  private static let batchSize = 16

  private let network: FrozenSequential
  private let compute: Compute

  /// A study of the network as it is now.
  public init(_ network: MSPCNN, compute: Compute) {
    self.network = network.frozen()
    self.compute = compute
  }

  /// Ranges from some of the crops that were learned from, accuracy on those that were held back; nil for a network that has no
  /// form in integers, since a layer of it gives nothing but zeros.
  ///
  /// - Throws: `NetworkError`.
  public func run(learned: [ColorPicture], heldBack: [ColorPicture]) throws -> EmbedderQuantisation? {
    let count = min(Self.observedCrops, learned.count)
    let observed = (0..<count).map { learned[$0 * learned.count / count] }
    var ranges: [ActivationRange]?
    for batch in batches(of: observed) {
      ranges = try ByteNetwork.ranges(of: network, on: batch, uniting: ranges, compute: compute)
    }
    guard let ranges, ranges.allSatisfy(\.isUsable) else { return nil }
    let integers = try ByteNetwork(network, ranges: ranges)
    var similarities: [Double] = []
    for batch in batches(of: heldBack) {
      let a = UnitFeatures(try network.inParts(batch, on: compute))
      let b = UnitFeatures(try integers(batch, on: compute))
      similarities += stride(from: 0, to: a.values.count, by: a.dimension).map { start in
        (start..<start + a.dimension).reduce(0) { $0 + a.values[$1] * b.values[$1] }
      }
    }
    return EmbedderQuantisation(
      ranges: ranges, meanSimilarity: similarities.reduce(0, +) / Double(max(1, similarities.count)),
      crops: similarities.count)
  }

  private func batches(of crops: [ColorPicture]) -> [Tensor] {
    stride(from: 0, to: crops.count, by: Self.batchSize).map {
      CropTensor.whole(Array(crops[$0..<min(crops.count, $0 + Self.batchSize)]))
    }
  }
}
