import Decode

/// The best crops of a person, no two of nearly the same moment, so that they show them from several sides.
struct BestCrops: Sendable {
  /// In ascending order of time.
  var crops: [PersonCrop] = []
  private let limit: Int
  private let spacing: Duration

  init(limit: Int, spacing: Duration) {
    precondition(limit > 0, "one crop at least is kept")
    self.limit = limit
    self.spacing = spacing
  }

  /// The one of highest quality, the first where there are several.
  var best: PersonCrop? {
    crops.max { ($0.quality, $1.time) < ($1.quality, $0.time) }
  }

  /// Whether a crop of such a quality would be kept: better than those of nearly the same moment and, where there is no
  /// room, than the worst.
  func accepts(quality: Double, at time: Duration) -> Bool {
    let near = crops.filter { isNear($0, time) }
    if !near.isEmpty { return near.allSatisfy { $0.quality < quality } }
    return crops.count < limit || crops.contains { $0.quality < quality }
  }

  /// Keeps a crop in place of those it is better than, or not.
  mutating func add(_ crop: PersonCrop) {
    guard accepts(quality: crop.quality, at: crop.time) else { return }
    crops = crops.filter { !isNear($0, crop.time) }
    if crops.count == limit, let worst = crops.indices.min(by: { crops[$0].quality < crops[$1].quality }) {
      crops.remove(at: worst)
    }
    crops.append(crop)
    crops.sort { $0.time < $1.time }
  }

  /// Their mean weighted by quality; nil before all have an embedding.
  func embedding() throws(ReIDError) -> Embedding? {
    var weighted: [(embedding: Embedding, weight: Double)] = []
    for crop in crops {
      guard let embedding = crop.embedding else { return nil }
      weighted.append((embedding, max(crop.quality, 1e-3)))
    }
    return weighted.isEmpty ? nil : try .mean(of: weighted)
  }

  private func isNear(_ crop: PersonCrop, _ time: Duration) -> Bool {
    crop.time > time - spacing && crop.time < time + spacing
  }
}
