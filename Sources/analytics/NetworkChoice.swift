import Anomaly
import ArgumentParser
import Daemon

/// A network that is measured alone, as the command line names it.
enum NetworkChoice: String, ExpressibleByArgument, CaseIterable {
  case stae, convae

  func network(_ content: CubeContent) -> NetworkEvaluationJob.Network {
    switch self {
    case .stae: .stae(content)
    case .convae: .convAE
    }
  }
}
