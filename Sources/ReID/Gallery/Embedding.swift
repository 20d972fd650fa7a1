/// What a person looks like, as a network sees it: a direction in the space of one model.
///
/// Two embeddings of one model lie the nearer, the more the people look alike; those of two models say nothing about
/// each other.
public struct Embedding: Sendable, Hashable {
  /// The direction: of length one, finite; 256 numbers by default.
  public let values: [Float]
  /// The digest of the model file that it was computed with.
  public let model: String

  /// The direction of a vector.
  ///
  /// - Parameters:
  ///   - vector: of any length but zero.
  ///   - model: the digest of the model file.
  /// - Throws: `ReIDError.embedding` for a vector that is empty, zero or not finite.
  public init(_ vector: [Float], model: String) throws(ReIDError) {
    guard vector.allSatisfy(\.isFinite) else {
      throw .embedding(reason: "a component is not a finite number", model: model)
    }
    // Divided by its largest component first, so that no square overflows or vanishes.
    let largest = vector.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { throw .embedding(reason: "it has no direction", model: model) }
    let scaled = vector.map { Double($0) / Double(largest) }
    let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
    self.values = scaled.map { Float($0 / length) }
    self.model = model
  }

  /// How alike two people look: the cosine of the angle between the embeddings, −1…1.
  ///
  /// - Throws: `ReIDError.otherModel` where the models differ, `ReIDError.embedding` where the lengths do.
  public func similarity(to other: Embedding) throws(ReIDError) -> Float {
    guard model == other.model else { throw .otherModel(found: other.model, expected: model) }
    guard values.count == other.values.count else {
      throw .embedding(
        reason: "it has \(other.values.count) components where another has \(values.count)", model: model)
    }
    var sum: Float = 0
    for index in values.indices { sum += values[index] * other.values[index] }
    return min(1, max(-1, sum))
  }

  /// The direction of the weighted mean of embeddings of one model.
  ///
  /// - Parameter weighted: embeddings with weights of at least zero, not all of them zero.
  /// - Throws: `ReIDError.otherModel` where the models differ, `ReIDError.embedding` where the lengths do, where there is
  ///   none, or where they cancel each other out.
  public static func mean(
    of weighted: [(embedding: Embedding, weight: Double)]
  ) throws(ReIDError) -> Embedding {
    guard let first = weighted.first?.embedding else {
      throw .embedding(reason: "there is none to take the mean of", model: "")
    }
    var sum = [Double](repeating: 0, count: first.values.count)
    for (embedding, weight) in weighted {
      _ = try first.similarity(to: embedding)
      for index in sum.indices { sum[index] += weight * Double(embedding.values[index]) }
    }
    return try Embedding(sum.map(Float.init), model: first.model)
  }
}
