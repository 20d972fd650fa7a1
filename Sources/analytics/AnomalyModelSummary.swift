import Anomaly
import Foundation

/// What a model of a camera says about itself.
struct AnomalyModelSummary: ModelSummary {
  let network: String
  let digest: String
  let framesPerSecond: Double
  let framesPerCube: Int
  let width: Int
  let height: Int
  let steps: Int
  let seed: UInt64
  let trainingData: String
  let calibrationSeconds: Double?
  let knowsMotion: Bool?
  let falseAlertsPerDay: Double?
  let threshold: Float?

  enum CodingKeys: String, CodingKey {
    case network, digest, width, height, steps, seed, threshold
    case framesPerSecond = "frames_per_second"
    case framesPerCube = "frames_per_cube"
    case trainingData = "training_data"
    case calibrationSeconds = "calibration_s"
    case knowsMotion = "knows_motion"
    case falseAlertsPerDay = "false_alerts_per_day"
  }

  init(_ model: AnomalyModel) {
    network = model.networkName
    digest = model.digest
    framesPerSecond = model.card.framesPerSecond
    framesPerCube = model.card.cubeShape.frames
    width = model.card.cubeShape.width
    height = model.card.cubeShape.height
    steps = model.card.steps
    seed = model.card.seed
    trainingData = model.card.trainingData
    calibrationSeconds = model.calibration?.footageSeconds
    knowsMotion = model.calibration.map { $0.motion != nil }
    falseAlertsPerDay = model.calibration?.falseAlertsPerDay
    threshold = model.calibration?.threshold
  }

  var lines: [(String, String)] {
    [
      ("network", network), ("digest", digest), ("cubes", "\(framesPerCube) frames of \(width)×\(height)"),
      ("frames per second", "\(framesPerSecond)"), ("steps", "\(steps)"), ("seed", "\(seed)"),
      ("training data", trainingData),
      (
        "calibration",
        calibrationSeconds.map {
          String(format: "%.0f s of held-back footage, for %g false alerts a day", $0, falseAlertsPerDay ?? 0)
        } ?? "none"
      ),
      (
        "motion", knowsMotion.map { $0 ? "learned" : "none: too few frames of the footage had any" } ?? "none"
      ),
    ]
  }
}
