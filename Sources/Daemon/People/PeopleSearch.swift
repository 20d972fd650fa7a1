public import Network
public import ReID
public import Store

/// Looks for people who were seen before, among the tracks of a store.
public struct PeopleSearch {
  /// A track, and how alike it looks.
  public struct Match: Sendable, Hashable {
    /// The track.
    public let track: Store.Track
    /// The cosine of the angle between the embeddings, −1…1.
    public let similarity: Float
  }

  /// What a search found, and what it could not compare.
  public struct Result: Sendable {
    /// Who was found, the most alike first.
    public fileprivate(set) var matches: [Match] = []
    /// How many tracks had vectors of other models.
    public fileprivate(set) var otherModels = 0
    /// Tracks whose vectors are damaged, and how.
    public fileprivate(set) var damaged: [(track: Int64, reason: ReIDError)] = []
  }

  private let store: AlertStore
  private let compute: Compute

  /// A search in a store.
  public init(in store: AlertStore, on compute: Compute) {
    self.store = store
    self.compute = compute
  }

  /// What the person of a track looks like.
  ///
  /// - Throws: `PeopleSearchError` where the track has no vector or a damaged one, and `StoreError`.
  public func embedding(ofTrack id: Int64) throws -> Embedding {
    guard let vector = try store.vector(ofTrack: id) else { throw PeopleSearchError.noVector(track: id) }
    do {
      return try Embedding(halves: vector.halves, model: vector.modelHash)
    } catch {
      throw PeopleSearchError.damagedVector(track: id, reason: error)
    }
  }

  /// The tracks that look most alike, the most alike first.
  ///
  /// - Parameters:
  ///   - probe: what is searched for.
  ///   - query: among which tracks; at most so many as its limit says.
  ///   - excluded: a track that is left out: the probe's own.
  ///   - lowest: only tracks that are at least so similar, −1…1.
  /// - Throws: `StoreError`, `NetworkError.outOfMemory`.
  public func nearest(
    to probe: Embedding, among query: TrackQuery = TrackQuery(), excluding excluded: Int64? = nil,
    atLeast lowest: Float = -1
  ) throws -> Result {
    var result = Result()
    var gallery = Gallery(model: probe.model, dimension: probe.values.count)
    try store.forEachVector(query) { vector in
      if vector.track != excluded { result.insert(vector, into: &gallery) }
    }
    let found = try gallery.nearest(to: probe, count: query.limit ?? gallery.count, on: compute)
    result.matches = try found.filter { $0.similarity >= lowest }.compactMap(match)
    return result
  }

  /// The track that was found, nil where it was forgotten meanwhile.
  private func match(_ found: Gallery.Match) throws -> Match? {
    do {
      return Match(track: try store.track(found.id), similarity: found.similarity)
    } catch StoreError.noSuchTrack {
      return nil
    }
  }
}

extension PeopleSearch.Result {
  /// Adds a vector to a gallery, or notes why it cannot be compared.
  fileprivate mutating func insert(_ vector: StoredVector, into gallery: inout Gallery) {
    do {
      try gallery.insert(vector.track, halves: vector.halves, model: vector.modelHash)
    } catch ReIDError.otherModel {
      otherModels += 1
    } catch {
      damaged.append((vector.track, error))
    }
  }
}
