public import Foundation
public import Network

/// A trained STAE with what belongs to it: how frames are to be cut for it, and what is usual in front of its camera.
public struct AnomalyModel {
  /// What a model file says about itself, beside the weights.
  public struct Card: Sendable, Hashable, Codable {
    /// Frames per second of the cubes.
    public var framesPerSecond: Double
    /// The shape of the cubes.
    public var cubeShape: CubeShape
    /// The footage, in words.
    public var trainingData: String
    /// Steps of training, those of the model it was built on included.
    public var steps: Int
    /// The seed of the training.
    public var seed: UInt64

    /// A card.
    public init(framesPerSecond: Double, cubeShape: CubeShape, trainingData: String, steps: Int, seed: UInt64)
    {
      self.framesPerSecond = framesPerSecond
      self.cubeShape = cubeShape
      self.trainingData = trainingData
      self.steps = steps
      self.seed = seed
    }

    /// What no card of ours says, in words; nil for a usable one.
    var flaw: String? {
      guard AnomalyModel.framesPerSecondRange.contains(framesPerSecond) else {
        return "its card asks for \(framesPerSecond) frames per second"
      }
      guard cubeShape.isUsable else {
        return "its card asks for cubes of \(cubeShape.frames)×\(cubeShape.height)×\(cubeShape.width)"
      }
      return (0...1 << 40).contains(steps) ? nil : "its card tells of \(steps) steps of training"
    }
  }

  /// Frames per second that a model can be trained for and scored at.
  public static let framesPerSecondRange = 0.1...120

  /// The name that model files carry, so that another network's file is recognised.
  public var networkName: String { card.cubeShape.content.networkName }
  /// The version of the file's layout.
  static let formatVersion = "2"

  /// The network.
  public let network: STAE
  /// What the file says about itself.
  public let card: Card
  /// What is usual in front of the camera; nil for a model that belongs to no camera yet.
  public var calibration: Calibration?
  /// How it does in 8-bit integers; nil where that was not found out.
  public let quantisation: Quantisation?

  /// A model.
  public init(network: STAE, card: Card, calibration: Calibration?, quantisation: Quantisation? = nil) {
    self.network = network
    self.card = card
    self.calibration = calibration
    self.quantisation = quantisation
  }

  /// Reads a model file.
  ///
  /// - Throws: `NetworkError.fileFailed` where it cannot be read, `.invalidWeights` where it is no model for such cubes.
  public init(contentsOf url: URL, for contents: [CubeContent] = [.gray]) throws(NetworkError) {
    try self.init(try WeightsFile(contentsOf: url), for: contents)
  }

  /// The model in a weights file.
  ///
  /// - Throws: `NetworkError.invalidWeights` where it is no model for such cubes.
  public init(_ file: WeightsFile, for contents: [CubeContent] = [.gray]) throws(NetworkError) {
    func invalid(_ reason: String) -> NetworkError { .invalidWeights(file: file.source, reason: reason) }
    let name = file.metadata["network"] ?? "no named network"
    guard let content = contents.first(where: { $0.networkName == name }) else {
      let needed = contents.map(\.networkName).joined(separator: " or ")
      throw invalid("holds \(name); \(needed) is needed")
    }
    guard file.metadata["format"] == Self.formatVersion else {
      throw invalid(
        "has format \(file.metadata["format"] ?? "none"); this version reads \(Self.formatVersion)")
    }
    func decode<T: Decodable>(_ key: String, as type: T.Type) throws(NetworkError) -> T {
      guard let text = file.metadata[key] else { throw invalid("has no entry \"\(key)\" in its header") }
      do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch {
        throw invalid("entry \"\(key)\" of its header cannot be understood: \(decodingReason(error))")
      }
    }
    var card = try decode("card", as: Card.self)
    if let flaw = card.flaw { throw invalid(flaw) }
    card.cubeShape.content = content
    self.card = card
    calibration = file.metadata["calibration"] == nil ? nil : try decode("calibration", as: Calibration.self)
    if let calibration, calibration.grid != card.cubeShape.grid {
      throw invalid("its calibration is for another size than its network")
    }
    quantisation =
      file.metadata["quantisation"] == nil ? nil : try decode("quantisation", as: Quantisation.self)
    if let ranges = quantisation?.ranges {
      guard ranges.count == STAE.reconstructionConvolutions, ranges.allSatisfy(\.isUsable) else {
        throw invalid("its quantisation is not for its network")
      }
    }
    let configuration = try decode("configuration", as: STAE.Configuration.self)
    guard configuration.channels == content.channels, (0..<1).contains(configuration.slope) else {
      throw invalid("is for frames of \(configuration.channels) channels or has a slope outside 0..<1")
    }
    network = STAE(configuration, seed: 0)
    for part in network.parts { try part.layer.load(from: file, prefix: part.name + ".") }
  }

  /// The model as a weights file.
  public func weightsFile() -> WeightsFile {
    var file = WeightsFile(metadata: [
      "network": networkName, "format": Self.formatVersion, "card": canonicalJSON(card),
      "configuration": canonicalJSON(network.configuration),
      "normalisation": card.cubeShape.content.normalisation,
    ])
    if let calibration { file.metadata["calibration"] = canonicalJSON(calibration) }
    if let quantisation { file.metadata["quantisation"] = canonicalJSON(quantisation) }
    for part in network.parts { part.layer.store(into: &file, prefix: part.name + ".") }
    return file
  }

  /// The identity of the model, in hexadecimal.
  public var digest: String { weightsFile().digest }

  /// The arithmetic that scoring with this model uses here: 8-bit integers where the model says that they are as good as
  /// floats and the processor is quicker with them.
  public var precision: STAEReconstructor.Precision {
    guard let quantisation, quantisation.isAccurate, Compute.prefersIntegers else { return .full }
    return .int8(quantisation.ranges)
  }

  /// The reconstruction branch on the given share of the machine.
  public func reconstructor(on compute: Compute) -> STAEReconstructor {
    STAEReconstructor(network, cubeShape: card.cubeShape, precision: precision, compute: compute)
  }
}
