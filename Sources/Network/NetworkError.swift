/// What can go wrong in a network: a shape that does not fit, memory that is not there, weights that do not belong.
public enum NetworkError: Error, Sendable, CustomStringConvertible {
  /// A layer was given a tensor of a shape that it cannot take.
  case shapeMismatch(layer: String, expected: String, found: Shape)
  /// Memory for a tensor or for a kernel's scratch could not be had.
  case outOfMemory(operation: String)
  /// A kernel of oneDNN refused.
  case kernelFailed(operation: String, reason: String)
  /// A weights file cannot be used; the message says why and where.
  case invalidWeights(file: String, reason: String)
  /// A file could not be read or written.
  case fileFailed(file: String, reason: String)

  /// What happened and what to do, in words.
  public var description: String {
    switch self {
    case .shapeMismatch(let layer, let expected, let found):
      "\(layer) takes \(expected), not a tensor of shape \(found)"
    case .outOfMemory(let operation):
      "out of memory in \(operation); close other programs or lower the analysis size"
    case .kernelFailed(let operation, let reason):
      "\(operation) failed: \(reason)"
    case .invalidWeights(let file, let reason):
      "\(file): \(reason)"
    case .fileFailed(let file, let reason):
      "\(file): \(reason)"
    }
  }
}
