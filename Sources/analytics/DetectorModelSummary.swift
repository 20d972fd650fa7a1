import ReID

/// What a person detector says about itself.
struct DetectorModelSummary: ModelSummary {
  let network = DetectorModel.networkName
  let digest: String
  let pixels: Int
  let steps: Int
  let seed: UInt64
  let trainingData: String

  enum CodingKeys: String, CodingKey {
    case network, digest, pixels, steps, seed
    case trainingData = "training_data"
  }

  init(_ model: DetectorModel) {
    digest = model.digest
    pixels = model.card.pixelCount
    steps = model.card.steps
    seed = model.card.seed
    trainingData = model.card.trainingData
  }

  var lines: [(String, String)] {
    [
      ("network", network), ("digest", digest), ("pixels", "about \(pixels) of a picture"),
      ("steps", "\(steps)"), ("seed", "\(seed)"), ("training data", trainingData),
    ]
  }
}
