import Anomaly
import ArgumentParser

/// What a network that is measured alone looks at.
enum NetworkInput: String, ExpressibleByArgument, CaseIterable {
  case gray, motion

  var content: CubeContent {
    switch self {
    case .gray: .gray
    case .motion: .motion
    }
  }
}
