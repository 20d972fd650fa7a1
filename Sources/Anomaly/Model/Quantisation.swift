public import Network

/// What a model says about running in 8-bit integers: the ranges of its activations on usual footage, and how well it
/// does with them on footage that was held back.
public struct Quantisation: Sendable, Hashable, Codable {
  /// The lowest rank correlation with which integers are as good as floats.
  public static let leastRankCorrelation = 0.995
  /// The largest difference of error maps with which they are.
  public static let greatestErrorMapDifference = 0.05

  /// Of the cube, then of what comes out of each convolution but the last.
  public var ranges: [ActivationRange]
  /// The difference of the reconstructions, as a share of the reconstruction in floats; root mean squares.
  public var reconstructionDifference: Double
  /// The same for the error maps of frames.
  public var errorMapDifference: Double
  /// How alike the two rank frames by the largest value of their error maps (Spearman's ρ), -1…1.
  public var rankCorrelation: Double
  /// How many frames that was found on.
  public var frames: Int

  /// What was found.
  public init(
    ranges: [ActivationRange], reconstructionDifference: Double, errorMapDifference: Double,
    rankCorrelation: Double, frames: Int
  ) {
    self.ranges = ranges
    self.reconstructionDifference = reconstructionDifference
    self.errorMapDifference = errorMapDifference
    self.rankCorrelation = rankCorrelation
    self.frames = frames
  }

  /// Whether integers may stand in for floats.
  public var isAccurate: Bool {
    rankCorrelation >= Self.leastRankCorrelation && errorMapDifference <= Self.greatestErrorMapDifference
  }
}
