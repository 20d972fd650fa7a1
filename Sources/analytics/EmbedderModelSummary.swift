import Foundation
import ReID

/// What an embedder says about itself.
struct EmbedderModelSummary: ModelSummary {
  let network = EmbedderModel.networkName
  let digest: String
  let identities: Int
  let steps: Int
  let seed: UInt64
  let trainingData: String
  let strangerSimilarity: Float?
  let integerSimilarity: Double?
  let usesIntegers: Bool

  enum CodingKeys: String, CodingKey {
    case network, digest, identities, steps, seed
    case trainingData = "training_data"
    case strangerSimilarity = "stranger_similarity"
    case integerSimilarity = "integer_similarity"
    case usesIntegers = "uses_integers"
  }

  init(_ model: EmbedderModel) {
    digest = model.digest
    identities = model.card.identities
    steps = model.card.steps
    seed = model.card.seed
    trainingData = model.card.trainingData
    strangerSimilarity = model.card.strangerSimilarity
    integerSimilarity = model.quantisation?.meanSimilarity
    usesIntegers = model.prefersIntegers
  }

  var lines: [(String, String)] {
    [
      ("network", network), ("digest", digest), ("people", "\(identities)"), ("steps", "\(steps)"),
      ("seed", "\(seed)"), ("training data", trainingData),
      (
        "strangers",
        strangerSimilarity.map { String(format: "one pair in a hundred is more alike than %.3f", $0) }
          ?? "not measured"
      ),
      (
        "integers",
        integerSimilarity.map {
          String(format: "%.4f alike to floats, %@ here", $0, usesIntegers ? "used" : "not used")
        } ?? "not measured"
      ),
    ]
  }
}
