public import Foundation
public import Network

/// A trained MSP-CNN with what belongs to it.
public struct EmbedderModel {
  /// What a model file says about itself, beside the weights.
  public struct Card: Sendable, Hashable, Codable {
    /// The crops, in words.
    public var trainingData: String
    /// How many people were on them, those of one crop included.
    public var identities: Int
    /// Steps of training, those of the model it was built on included.
    public var steps: Int
    /// The seed of the training.
    public var seed: UInt64
    /// The similarity that one in a hundred pairs of different people exceeds, measured on people it was not trained on;
    /// nil where that was not measured. See `MatchingEvaluation.strangerSimilarity`.
    public var strangerSimilarity: Float?

    /// A card.
    public init(
      trainingData: String, identities: Int, steps: Int, seed: UInt64, strangerSimilarity: Float? = nil
    ) {
      self.strangerSimilarity = strangerSimilarity
      self.trainingData = trainingData
      self.identities = identities
      self.steps = steps
      self.seed = seed
    }
  }

  /// The name that model files carry, so that another network's file is recognised.
  public static let networkName = "MSP-CNN"
  /// The version of the file's layout and of what the network makes of its weights: since 2, features are those before a
  /// rectifier.
  static let formatVersion = "2"

  /// The network.
  public let network: MSPCNN
  /// What the file says about itself.
  public let card: Card
  /// How it does in 8-bit integers; nil where that was not found out.
  public let quantisation: EmbedderQuantisation?

  /// A model.
  public init(network: MSPCNN, card: Card, quantisation: EmbedderQuantisation? = nil) {
    self.network = network
    self.card = card
    self.quantisation = quantisation
  }

  /// Reads a model file.
  ///
  /// - Throws: `NetworkError.fileFailed` where it cannot be read, `.invalidWeights` where it is no MSP-CNN.
  public init(contentsOf url: URL) throws(NetworkError) {
    try self.init(try WeightsFile(contentsOf: url))
  }

  /// The model in a weights file.
  ///
  /// - Throws: `NetworkError.invalidWeights` where it is no MSP-CNN.
  public init(_ file: WeightsFile) throws(NetworkError) {
    func invalid(_ reason: String) -> NetworkError { .invalidWeights(file: file.source, reason: reason) }
    let name = file.metadata["network"] ?? "no named network"
    guard name == Self.networkName else { throw invalid("holds \(name); \(Self.networkName) is needed") }
    guard file.metadata["format"] == Self.formatVersion else {
      throw invalid(
        "has format \(file.metadata["format"] ?? "none"); this version reads \(Self.formatVersion)")
    }
    guard let text = file.metadata["card"],
      let card = try? JSONDecoder().decode(Card.self, from: Data(text.utf8)),
      (0...1 << 40).contains(card.steps)
    else { throw invalid("has no entry \"card\" in its header that can be understood") }
    self.card = card
    quantisation = file.decoded("quantisation", as: EmbedderQuantisation.self)
    if let ranges = quantisation?.ranges {
      guard ranges.count == MSPCNN.convolutionCount + 1, ranges.allSatisfy(\.isUsable) else {
        throw invalid("has a quantisation that is not for its network")
      }
    } else if file.metadata["quantisation"] != nil {
      throw invalid("has an entry \"quantisation\" in its header that cannot be understood")
    }
    network = MSPCNN(seed: 0)
    for part in network.parts { try part.layer.load(from: file, prefix: part.name + ".") }
  }

  /// The model as a weights file.
  public func weightsFile() -> WeightsFile {
    var file = WeightsFile(metadata: [
      "network": Self.networkName, "format": Self.formatVersion, "card": canonicalJSON(card),
    ])
    if let quantisation { file.metadata["quantisation"] = canonicalJSON(quantisation) }
    for part in network.parts { part.layer.store(into: &file, prefix: part.name + ".") }
    return file
  }

  /// Whether it runs in 8-bit integers here: where it says that they are as good as floats, and the processor is quicker with
  /// them.
  public var prefersIntegers: Bool { quantisation?.isAccurate == true && Compute.prefersIntegers }

  /// The identity of the model, in hexadecimal.
  public var digest: String { weightsFile().digest }
}
