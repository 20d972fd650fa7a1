public import Foundation
public import Network

/// A trained person detector with what its file says about it.
public struct DetectorModel {
  /// What a model file says about itself, beside the weights.
  public struct Card: Sendable, Hashable, Codable {
    /// About how many pixels the network gets of a picture, in its own proportions.
    public var pixelCount: Int
    /// The pictures, in words.
    public var trainingData: String
    /// Steps of training, those of the model it was built on included.
    public var steps: Int
    /// The seed of the training.
    public var seed: UInt64

    /// A card.
    public init(pixelCount: Int, trainingData: String, steps: Int, seed: UInt64) {
      self.pixelCount = pixelCount
      self.trainingData = trainingData
      self.steps = steps
      self.seed = seed
    }

    /// What no card of ours says, in words; nil for a usable one.
    var flaw: String? {
      guard (32 * 32...1024 * 1024).contains(pixelCount) else {
        return "its card asks for pictures of \(pixelCount) pixels"
      }
      return (0...1 << 40).contains(steps) ? nil : "its card tells of \(steps) steps of training"
    }
  }

  /// The name that model files carry, so that another network's file is recognised.
  public static let networkName = "PersonDetector"
  /// The version of the file's layout.
  static let formatVersion = "1"
  /// About how many pixels a picture has for the network unless told otherwise.
  public static let defaultPixelCount = 320 * 320

  /// The network.
  public let network: DetectorNetwork
  /// What the file says about itself.
  public let card: Card

  /// A model.
  public init(network: DetectorNetwork, card: Card) {
    self.network = network
    self.card = card
  }

  /// Reads a model file, or the checkpoint of a training that still goes on.
  ///
  /// - Throws: `NetworkError.fileFailed` where it cannot be read, `.invalidWeights` where it is no person detector.
  public init(contentsOf url: URL) throws(NetworkError) { try self.init(try WeightsFile(contentsOf: url)) }

  /// The model in a weights file or a checkpoint.
  ///
  /// - Throws: `NetworkError.invalidWeights` where it is no person detector.
  public init(_ file: WeightsFile) throws(NetworkError) {
    network = DetectorNetwork(seed: 0)
    guard file.metadata["network"] != DetectorTrainer.networkName else {
      try network.load(from: file, prefix: DetectorTrainer.averagedPrefix)
      card = Card(
        pixelCount: Self.defaultPixelCount, trainingData: "a training that is not finished",
        steps: file.trainingProgress?.step ?? 0, seed: 0)
      return
    }
    func invalid(_ reason: String) -> NetworkError { .invalidWeights(file: file.source, reason: reason) }
    guard file.metadata["network"] == Self.networkName else {
      throw invalid("holds \(file.metadata["network"] ?? "no named network"); \(Self.networkName) is needed")
    }
    guard file.metadata["format"] == Self.formatVersion else {
      throw invalid(
        "has format \(file.metadata["format"] ?? "none"); this version reads \(Self.formatVersion)")
    }
    guard let text = file.metadata["card"] else { throw invalid("has no entry \"card\" in its header") }
    do { card = try JSONDecoder().decode(Card.self, from: Data(text.utf8)) } catch {
      throw invalid("entry \"card\" of its header cannot be understood: \(decodingReason(error))")
    }
    if let flaw = card.flaw { throw invalid(flaw) }
    try network.load(from: file)
  }

  /// The model as a weights file.
  public func weightsFile() -> WeightsFile {
    var file = WeightsFile(metadata: [
      "network": Self.networkName, "format": Self.formatVersion, "card": canonicalJSON(card),
      "normalisation": "RGB / 255",
    ])
    network.store(into: &file)
    return file
  }

  /// The identity of the model, in hexadecimal.
  public var digest: String { weightsFile().digest }
}

extension DetectorNetwork {
  /// Adds all parameters to a file.
  func store(into file: inout WeightsFile, prefix: String = "") {
    for (part, layers) in parts { layers.store(into: &file, prefix: prefix + part.rawValue + ".") }
  }

  /// Takes all parameters from a file.
  func load(from file: WeightsFile, prefix: String = "") throws(NetworkError) {
    for part in Part.allCases {
      try parts[part]?.load(from: file, prefix: prefix + part.rawValue + ".")
    }
  }
}
