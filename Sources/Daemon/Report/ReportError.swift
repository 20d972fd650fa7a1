/// Why a report could not be written.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be written; `reason` is what the system says.
  case cannotWrite(path: String, reason: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .cannotWrite(let path, let reason):
      "\(path): cannot be written: \(reason); name another file or make room for this one"
    }
  }
}
