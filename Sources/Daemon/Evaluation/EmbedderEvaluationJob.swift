public import Decode
public import Foundation
public import Network
public import ReID

/// Embeds labelled crops and matches those of one camera with those of others.
public struct EmbedderEvaluationJob {
  /// What an evaluation came to.
  public struct Result: Sendable {
    /// How well people were matched.
    public let matching: MatchingEvaluation
    /// How many people the labels name.
    public let identityCount: Int
    /// How many pictures were looked at.
    public let pictureCount: Int
  }

  /// The folder of pictures.
  public var pictures: URL
  /// Who is on them: see `CropLabels`.
  public var labels: URL
  /// The embedder.
  public var model: URL
  /// How many people to match, the last in sorted order; nil for all.
  public var identities: Int?
  /// What galleries are drawn from.
  public var seed: UInt64
  /// Whether every crop is looked at in the mirror too.
  public var averagesMirrored: Bool
  /// Whether to compute in 8-bit integers; nil for what the model says is as good.
  public var inIntegers: Bool?
  /// The share of the machine.
  public var compute: Compute

  /// An evaluation.
  public init(
    pictures: URL, labels: URL, model: URL, identities: Int?, seed: UInt64, averagesMirrored: Bool,
    inIntegers: Bool? = nil, compute: Compute
  ) {
    self.inIntegers = inIntegers
    self.pictures = pictures
    self.labels = labels
    self.model = model
    self.identities = identities
    self.seed = seed
    self.averagesMirrored = averagesMirrored
    self.compute = compute
  }

  /// Runs the evaluation; `progress` is told the fraction done.
  ///
  /// - Throws: `ReIDError`, `DecodeError`, `NetworkError`.
  public func run(cancellation: Cancellation, progress: (Double) -> Void) throws -> Result {
    var labels = try CropLabels(contentsOf: labels)
    if let identities {
      let known = labels.identities.count
      guard identities <= known else {
        throw ReIDError.tooFewLabels(
          file: labels.source, reason: "names \(known) people, not \(identities); ask for fewer")
      }
      labels = labels.keepingLast(identities)
    }
    let embedder = try PersonEmbedder(
      EmbedderModel(contentsOf: model), averagesMirrored: averagesMirrored, inIntegers: inIntegers,
      compute: compute)
    var samples: [MatchingEvaluation.Sample] = []
    // A few at a time, each as small as the network takes it: pictures take no memory that grows with the collection.
    for start in stride(from: 0, to: labels.crops.count, by: 64) {
      if cancellation.isCancelled { throw ReIDError.interrupted(steps: 0, checkpoint: nil) }
      progress(Double(start) / Double(labels.crops.count))
      let crops = labels.crops[start..<min(labels.crops.count, start + 64)]
      let embeddings = try embedder.embeddings(
        of: try crops.map {
          try ColorPicture(contentsOf: pictures.appending(path: $0.file)).scaled(to: MSPCNN.inputSize)
        })
      samples += zip(crops, embeddings).map {
        .init(vector: $0.1.values, identity: $0.0.identity, camera: $0.0.camera)
      }
    }
    return Result(
      matching: try MatchingEvaluation(samples, seed: seed, source: labels.source),
      identityCount: labels.identities.count, pictureCount: labels.crops.count)
  }
}
