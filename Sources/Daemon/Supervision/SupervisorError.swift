/// Why the daemon does not start.
public enum SupervisorError: Error, Equatable, CustomStringConvertible {
  /// No camera has a usable model. The daemon would have nothing to do.
  case noCameraCanStart(reasons: [String])

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .noCameraCanStart(let reasons):
      "no camera can start; put the models right and try again:\n" + reasons.joined(separator: "\n")
    }
  }
}
