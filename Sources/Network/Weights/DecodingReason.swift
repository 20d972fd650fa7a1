/// What is wrong with JSON, in words for whoever has the file.
public func decodingReason(_ error: any Error) -> String {
  switch error as? DecodingError {
  case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
  case .typeMismatch(_, let context), .valueNotFound(_, let context):
    "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" is of another kind"
  case .dataCorrupted(let context): context.debugDescription
  default: "\(error)"
  }
}
