import Network
import ReID
import Store

/// The people of one run with those who look like them.
struct PeopleFinding {
  /// Others who are named for each person.
  private static let neighbourCount = 3

  let people: [FoundPerson]

  /// - Throws: `StoreError`, `NetworkError.outOfMemory`.
  init(in store: AlertStore, runID: String, model: PeopleModel, on compute: Compute) throws {
    var gallery = Gallery(model: model.description.hash, dimension: MSPCNN.dimension)
    try store.forEachVector { vector in
      // Vectors of other models and damaged ones have no place here; `check` tells of the latter.
      try? gallery.insert(vector.track, halves: vector.halves, model: vector.modelHash)
    }
    people = try store.tracks(TrackQuery(runID: runID))
      .sorted { ($0.firstSeen, $0.id) < ($1.firstSeen, $1.id) }
      .map {
        FoundPerson(track: $0, neighbours: try Self.neighbours(of: $0, in: gallery, store, on: compute))
      }
  }

  /// None of somebody whose looks are not known.
  private static func neighbours(
    of track: Store.Track, in gallery: Gallery, _ store: AlertStore, on compute: Compute
  ) throws -> [PeopleSearch.Match] {
    guard track.model != nil, let vector = try store.vector(ofTrack: track.id),
      let embedding = try? Embedding(halves: vector.halves, model: vector.modelHash)
    else { return [] }
    return try gallery.nearest(to: embedding, count: neighbourCount + 1, on: compute)
      .filter { $0.id != track.id }.prefix(neighbourCount)
      .compactMap { found in
        // Somebody may have been forgotten meanwhile.
        (try? store.track(found.id)).map { PeopleSearch.Match(track: $0, similarity: found.similarity) }
      }
  }
}
