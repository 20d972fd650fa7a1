import Foundation
public import Network
public import ReID
public import Store

/// What it takes to find people and to know them again: used by one thread at a time.
public struct PeopleModel {
  /// Finds them.
  public let finder: any PersonFinding
  /// Tells what they look like.
  public let embedder: any PersonEmbedding
  /// What the store keeps of the embedder's file.
  public let description: ModelDescription
  /// Tells these two models, and how and where they look, from others.
  public let identity: String
  /// How often and where people are looked for.
  public let parameters: PeopleLaneParameters

  /// A pair of models.
  public init(
    finder: any PersonFinding, embedder: any PersonEmbedding, description: ModelDescription,
    identity: String, parameters: PeopleLaneParameters = PeopleLaneParameters()
  ) {
    self.finder = finder
    self.embedder = embedder
    self.description = description
    self.identity = identity
    self.parameters = parameters
  }

  /// Reads the models that come along.
  ///
  /// - Parameters:
  ///   - searchesPerSecond: How often people are looked for in a second of footage.
  ///   - zones: Where they count.
  ///   - compute: The share of the machine that they may use.
  /// - Throws: `ModelFolderError` where they are missing, `NetworkError` where they are broken.
  public static func standard(
    searchesPerSecond: Double = PeopleLaneParameters().searchesPerSecond,
    zones: DetectionZones = DetectionZones(), on compute: Compute
  ) throws -> PeopleModel {
    let detector = try DetectorModel(contentsOf: ModelFolder.detector())
    let file = try ModelFolder.embedder()
    let model = try EmbedderModel(contentsOf: file)
    let embedder = try PersonEmbedder(model, compute: compute)
    let description = ModelDescription(model, digest: embedder.modelDigest, path: file.lastPathComponent)
    var parameters = PeopleLaneParameters(searchesPerSecond: searchesPerSecond, zones: zones)
    // Whoever comes back is known by looks only as far as the embedder tells people apart; more than 1 is nobody.
    parameters.tracker.reentrySimilarity = model.card.strangerSimilarity ?? 2
    return PeopleModel(
      finder: PersonDetector(detector, compute: compute),
      embedder: embedder,
      description: description,
      identity: "\(detector.digest) \(description.hash) \(searchesPerSecond) \(zones.zones) \(zones.masks)",
      parameters: parameters)
  }
}

extension ModelDescription {
  /// An embedder, as the store keeps it.
  init(_ model: EmbedderModel, digest: String, path: String) {
    self.init(
      hash: digest, name: EmbedderModel.networkName, path: path, metadata: canonicalJSON(model.card))
  }
}
