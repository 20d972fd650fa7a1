/// How alike people look to an embedder in front of this camera (cosine, −1…1) who are not the same: they were in the picture
/// at the same time.
///
/// Light, distance and background make strangers more alike in front of one camera than in front of another, so what an
/// embedder's training says of them is only the least that may be asked of somebody who is taken for another.
struct StrangerSimilarities: Sendable {
  /// The latest, at most `limit`, in order of coming.
  private var latest: [Float] = []
  private static let limit = 256

  /// Notes how alike two people are who are seen at once.
  mutating func note(_ similarity: Float) {
    if latest.count == Self.limit { latest.removeFirst() }
    latest.append(similarity)
  }

  /// The smallest that fewer than one in a hundred of them exceed; nil before there are any.
  var exceptional: Float? {
    latest.isEmpty ? nil : latest.sorted()[latest.count * 99 / 100]
  }
}
