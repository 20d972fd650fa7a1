import Decode

/// Embeds crops in batches, so that memory is bounded, and counts them.
struct CropEmbedder {
  private let embedder: any PersonEmbedding
  private let batch: Int
  private(set) var count = 0

  init(_ embedder: any PersonEmbedding, batch: Int) {
    self.embedder = embedder
    self.batch = batch
  }

  /// One embedding for each box that was cut out.
  mutating func embeddings(of crops: [ColorPicture]) throws -> [Embedding] {
    var embeddings: [Embedding] = []
    for start in stride(from: 0, to: crops.count, by: batch) {
      let part = crops[start..<min(start + batch, crops.count)].map { $0.person() }
      let found = try embedder.embeddings(of: part)
      guard found.count == part.count else {
        throw ReIDError.embeddingCount(found: found.count, expected: part.count, model: embedder.modelDigest)
      }
      embeddings += found
    }
    count += crops.count
    return embeddings
  }

  /// Gives every crop of these people an embedding.
  mutating func complete(_ courses: [PersonCourse]) throws {
    let missing = courses.flatMap { course in
      course.crops.crops.indices.filter { course.crops.crops[$0].embedding == nil }
        .map { (course: course, index: $0) }
    }
    let embeddings = try embeddings(of: missing.map { $0.course.crops.crops[$0.index].picture })
    for (place, embedding) in zip(missing, embeddings) {
      place.course.crops.crops[place.index].embedding = embedding
    }
  }
}
