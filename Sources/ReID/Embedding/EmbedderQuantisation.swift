public import Network

/// What an embedder says about running in 8-bit integers: the ranges of its activations on crops of people, and how well it
/// does with them on people whom it was not trained on.
public struct EmbedderQuantisation: Sendable, Hashable, Codable {
  /// The lowest mean similarity with which integers are as good as floats.
  public static let leastMeanSimilarity = 0.99

  /// Of the crops, then of what comes out of each convolution.
  public var ranges: [ActivationRange]
  /// The mean cosine between a crop's embeddings in integers and in floats, -1…1.
  public var meanSimilarity: Double
  /// How many crops that was found on.
  public var crops: Int

  /// What was found.
  public init(ranges: [ActivationRange], meanSimilarity: Double, crops: Int) {
    self.ranges = ranges
    self.meanSimilarity = meanSimilarity
    self.crops = crops
  }

  /// Whether integers may stand in for floats.
  public var isAccurate: Bool { meanSimilarity >= Self.leastMeanSimilarity }
}
