/// Keeps the best of boxes that lie over each other.
struct NonMaximumSuppression {
  /// Boxes that share more than this with a better one go.
  var largestOverlap: Float = 0.5
  /// Boxes kept at most.
  var limit = 200

  /// What stays, best first; of equals the earlier.
  func callAsFunction(_ candidates: [(box: PixelBox, score: Float)]) -> [(box: PixelBox, score: Float)] {
    let order = candidates.indices.sorted {
      (candidates[$1].score, $0) < (candidates[$0].score, $1)
    }
    var kept: [(box: PixelBox, score: Float)] = []
    for index in order where kept.count < limit {
      let candidate = candidates[index]
      if kept.allSatisfy({ $0.box.intersectionOverUnion(candidate.box) <= largestOverlap }) {
        kept.append(candidate)
      }
    }
    return kept
  }
}
