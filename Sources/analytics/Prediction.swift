import Anomaly
import ArgumentParser

/// The paper's ablation of the prediction branch.
enum Prediction: String, ExpressibleByArgument, CaseIterable {
  case none, constant, decreasing

  var weights: TrainingOptions.PredictionWeights {
    switch self {
    case .none: .none
    case .constant: .constant
    case .decreasing: .decreasing(offset: 0)
    }
  }
}
