import Anomaly
import ArgumentParser

/// How training clips are changed at random.
enum AugmentationChoice: String, ExpressibleByArgument, CaseIterable {
  case none, light, paper

  var augmentation: Augmentation {
    switch self {
    case .none: .none
    case .light: .fixedCamera
    case .paper: .paper
    }
  }
}
