/// What can go wrong with people: labels, pictures and embeddings that do not fit.
public enum ReIDError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Two embeddings are of different models, so that nothing follows from how near they are.
  case otherModel(found: String, expected: String)
  /// A vector is no embedding.
  case embedding(reason: String, model: String)
  /// A file of labels cannot be read.
  case unreadableLabels(file: String, reason: String)
  /// A file of labels says something that it must not.
  case labels(file: String, line: Int, reason: String)
  /// The labels are sound, but not enough to learn or to measure with.
  case tooFewLabels(file: String, reason: String)
  /// The work was stopped; a checkpoint holds what was done of a training.
  case interrupted(steps: Int, checkpoint: String?)
  /// The loss of a training is no finite number.
  case diverged(step: Int)
  /// An embedder gave more or fewer embeddings than it got crops.
  case embeddingCount(found: Int, expected: Int, model: String)
  /// A zone or a mask is no part of a picture.
  case region(reason: String)

  /// What happened and what to do, in words.
  public var description: String {
    switch self {
    case .otherModel(let found, let expected):
      "an embedding of the model \(found) cannot be compared with one of the model \(expected); "
        + "compute both with one model"
    case .embedding(let reason, let model):
      "the model \(model) gave no usable embedding: \(reason); the model file may be damaged"
    case .unreadableLabels(let file, let reason): "\(file): cannot be read: \(reason)"
    case .labels(let file, let line, let reason): "\(file), line \(line): \(reason)"
    case .tooFewLabels(let file, let reason): "\(file): \(reason)"
    case .interrupted(let steps, let checkpoint):
      "interrupted after \(steps) steps"
        + (checkpoint.map { "; the same command with --resume goes on from \($0)" } ?? "")
    case .diverged(let step):
      "the training diverged at step \(step); start anew, from other weights or another seed"
    case .embeddingCount(let found, let expected, let model):
      "the model \(model) gave \(found) embeddings for \(expected) crops; the model file may be damaged"
    case .region(let reason):
      "a zone or mask is not usable: \(reason); give a polygon of three or more corners, each 0 to 1 of the picture"
    }
  }
}
