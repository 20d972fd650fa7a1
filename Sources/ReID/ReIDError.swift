/// What can go wrong between a picture and a person who is known again.
public enum ReIDError: Error, Equatable, CustomStringConvertible {
  /// Two embeddings are of different models, so that nothing follows from how near they are.
  case otherModel(found: String, expected: String)
  /// A vector is no embedding.
  case embedding(reason: String, model: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .otherModel(let found, let expected):
      "an embedding of the model \(found) cannot be compared with one of the model \(expected); "
        + "compute both with one model"
    case .embedding(let reason, let model):
      "the model \(model) gave no usable embedding: \(reason); the model file may be damaged"
    }
  }
}
