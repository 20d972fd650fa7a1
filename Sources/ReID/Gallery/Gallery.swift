public import Network

/// Everybody who was seen: the embeddings of one model in memory, searched whole.
///
/// Each takes two bytes a number (half precision), so that a million people of 256 numbers are half a gigabyte, and a
/// search takes little more than the time to read that. It is made of the rows of one search and goes with it.
public struct Gallery: Sendable {
  /// Somebody who was found.
  public struct Match: Sendable, Hashable {
    /// What the embedding was inserted as: the track.
    public let id: Int64
    /// The cosine of the angle to what was searched for, −1…1.
    public let similarity: Float
  }

  /// The digest of the model file of all embeddings.
  public let model: String
  /// How many numbers each has.
  public let dimension: Int
  private var ids: [Int64] = []
  private var rowOfID: [Int64: Int] = [:]
  private var rows: HalfRows

  /// An empty gallery for embeddings of one model with so many numbers, at least one.
  public init(model: String, dimension: Int) {
    self.model = model
    self.dimension = dimension
    rows = HalfRows(dimension: dimension)
  }

  /// How many embeddings there are.
  public var count: Int { ids.count }

  /// Adds a row as it is stored, or puts it in the place of the one with the same id.
  ///
  /// - Parameters:
  ///   - halves: a vector of length one in half precision (IEEE 754 binary16), as bit patterns.
  ///   - model: the digest of the file of the model that it is of.
  /// - Throws: `ReIDError.otherModel`, or `ReIDError.embedding` for a row of another length than the others, or that is
  ///   not finite or not a direction; then nothing was changed.
  public mutating func insert(_ id: Int64, halves: [UInt16], model: String) throws(ReIDError) {
    guard model == self.model else { throw .otherModel(found: model, expected: self.model) }
    guard halves.count == dimension else {
      throw .embedding(
        reason: "it has \(halves.count) components where the others have \(dimension)", model: model)
    }
    let squares = HalfPrecision.floats(of: halves).reduce(0) { $0 + $1 * $1 }
    guard squares.isFinite else {
      throw .embedding(reason: "a component is not a finite number", model: model)
    }
    guard abs(squares - 1) <= Self.largestError else {
      throw .embedding(reason: "its length is \(squares.squareRoot()), not 1", model: model)
    }
    if let row = rowOfID[id] { return rows.replace(row, with: halves) }
    rowOfID[id] = ids.count
    ids.append(id)
    rows.append(halves)
  }

  /// Those that look most alike, the most alike first and of equals the one that was inserted first.
  ///
  /// - Parameters:
  ///   - probe: what is searched for.
  ///   - count: how many; there are fewer where the gallery has fewer.
  ///   - compute: the result is the same on any share of the machine.
  /// - Throws: `ReIDError.otherModel` where the probe is of another model, `ReIDError.embedding` where it has another
  ///   length, and `NetworkError.outOfMemory`.
  public func nearest(to probe: Embedding, count: Int, on compute: Compute) throws -> [Match] {
    guard probe.model == model else { throw ReIDError.otherModel(found: probe.model, expected: model) }
    guard probe.values.count == dimension else {
      throw ReIDError.embedding(
        reason: "it has \(probe.values.count) components where the others have \(dimension)", model: model)
    }
    return try rows.nearest(to: probe.values, count: count, on: compute).map {
      // Rounding may leave a vector a little longer than one.
      Match(id: ids[$0.row], similarity: min(1, max(-1, $0.dot)))
    }
  }

  /// What rounding to half precision may do to the sum of the squares.
  private static let largestError: Float = 0.02
}
