/// What can go wrong between a picture and a person who is known again.
public enum ReIDError: Error, Equatable, CustomStringConvertible {
  /// Two embeddings are of different models, so that nothing follows from how near they are.
  case otherModel(found: String, expected: String)
  /// A vector is no embedding.
  case embedding(reason: String, model: String)
  /// An embedder gave more or fewer embeddings than it got crops.
  case embeddingCount(found: Int, expected: Int, model: String)
  /// A zone or a mask is no part of a picture.
  case region(reason: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .otherModel(let found, let expected):
      "an embedding of the model \(found) cannot be compared with one of the model \(expected); "
        + "compute both with one model"
    case .embedding(let reason, let model):
      "the model \(model) gave no usable embedding: \(reason); the model file may be damaged"
    case .embeddingCount(let found, let expected, let model):
      "the model \(model) gave \(found) embeddings for \(expected) crops; the model file may be damaged"
    case .region(let reason):
      "a zone or mask is not usable: \(reason); give a polygon of three or more corners, each 0 to 1 of the picture"
    }
  }
}
