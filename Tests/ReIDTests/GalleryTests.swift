import Network
import ReID
import TestKit
import Testing

@Suite struct GalleryTests {
  private let compute = Compute(threads: 2)

  private func randomEmbedding(_ dimension: Int, _ random: inout SplitMix64, model: String = "m") throws
    -> Embedding
  {
    try Embedding((0..<dimension).map { _ in random.float(in: -1...1) }, model: model)
  }

  /// Against cosines in double precision of the embeddings before they were rounded, whatever was replaced.
  @Test(arguments: UInt64(1)...30)
  func itFindsWhomDoublePrecisionFinds(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let dimension = [4, 16, 31, 128, 256].randomElement(using: &random) ?? 256
    var gallery = Gallery(model: "m", dimension: dimension)
    var known: [Int64: Embedding] = [:]
    for _ in 0..<Int.random(in: 1...300, using: &random) {
      let id = Int64.random(in: 1...200, using: &random)
      let embedding = try randomEmbedding(dimension, &random)
      try gallery.insert(id, embedding)
      known[id] = embedding
    }
    #expect(gallery.count == known.count)
    let probe = try randomEmbedding(dimension, &random)
    func cosine(_ embedding: Embedding) -> Double {
      zip(probe.values, embedding.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let expected = known.values.map(cosine).sorted(by: >)
    let wanted = Int.random(in: 1...20, using: &random)
    let found = try gallery.nearest(to: probe, count: wanted, on: compute)
    #expect(found.count == min(wanted, known.count))
    for (match, best) in zip(found, expected) {
      let exact = cosine(try #require(known[match.id]))
      #expect(abs(Double(match.similarity) - exact) < 1e-3)
      #expect(abs(Double(match.similarity) - best) < 1e-3)
      #expect((-1...1).contains(match.similarity))
    }
    #expect(try gallery.nearest(to: probe, count: wanted, on: Compute(threads: 1)) == found)
  }

  @Test func aPersonIsMostLikeThemselves() throws {
    var random = SplitMix64(seed: 7)
    var gallery = Gallery(model: "m", dimension: 256)
    let people = try (0..<100).map { _ in try randomEmbedding(256, &random) }
    for (id, embedding) in people.enumerated() { try gallery.insert(Int64(id), embedding) }
    for (id, embedding) in people.enumerated() {
      let best = try #require(gallery.nearest(to: embedding, count: 1, on: compute).first)
      #expect(best.id == Int64(id))
      #expect(best.similarity > 0.999)
    }
  }

  @Test func ofEqualsTheFirstInsertedComesFirst() throws {
    var gallery = Gallery(model: "m", dimension: 4)
    let embedding = try Embedding([1, 2, 3, 4], model: "m")
    for id in [5, 3, 9, 1] as [Int64] { try gallery.insert(id, embedding) }
    #expect(try gallery.nearest(to: embedding, count: 3, on: compute).map(\.id) == [5, 3, 9])
  }

  @Test func anEmptyGalleryHasNobody() throws {
    let gallery = Gallery(model: "m", dimension: 2)
    #expect(try gallery.nearest(to: Embedding([1, 0], model: "m"), count: 5, on: compute) == [])
  }

  @Test func anotherModelIsRefused() throws {
    var gallery = Gallery(model: "m", dimension: 2)
    let stranger = try Embedding([1, 0], model: "n")
    let inserted = #expect(throws: ReIDError.self) { try gallery.insert(1, stranger) }
    let searched = #expect(throws: ReIDError.self) {
      try gallery.nearest(to: stranger, count: 1, on: Compute(threads: 1))
    }
    for error in [inserted, searched] {
      guard case .otherModel(found: "n", expected: "m") = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    #expect(gallery.count == 0)
  }

  @Test func anotherLengthIsRefused() throws {
    var gallery = Gallery(model: "m", dimension: 2)
    let longer = try Embedding([1, 0, 0], model: "m")
    for error in [
      #expect(throws: ReIDError.self) { try gallery.insert(1, longer) },
      #expect(throws: ReIDError.self) { try gallery.nearest(to: longer, count: 1, on: Compute(threads: 1)) },
    ] {
      guard case .embedding(reason: "it has 3 components where the others have 2", model: "m") = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    #expect(gallery.count == 0)
  }

  /// One, and numbers in half precision that are none, or too much, or nothing.
  @Test(arguments: [
    [0x3C00, 0x7E00], [0x3C00, 0x7C00], [0xFC00, 0], [0x3C00, 0x3C00], [0, 0], [0x3800, 0],
  ])
  func aRowThatIsNoDirectionIsRefusedAndHarmsNoOther(halves: [UInt16]) throws {
    var gallery = Gallery(model: "m", dimension: 2)
    let embedding = try Embedding([0, 1], model: "m")
    try gallery.insert(1, embedding)
    #expect(throws: ReIDError.self) { try gallery.insert(1, halves: halves, model: "m") }
    #expect(throws: ReIDError.self) { try gallery.insert(2, halves: halves, model: "m") }
    let found = try gallery.nearest(to: embedding, count: 9, on: compute)
    #expect(found.map(\.id) == [1])
    #expect(found.map(\.similarity) == [1])
  }

  @Test func storingAnEmbeddingKeepsItsDirection() throws {
    var random = SplitMix64(seed: 3)
    for _ in 0..<20 {
      let embedding = try randomEmbedding(256, &random)
      let back = try Embedding(halves: embedding.halves, model: "m")
      #expect(try embedding.similarity(to: back) > 0.99999)
      #expect(
        back.halves == embedding.halves
          || zip(back.values, embedding.values).allSatisfy { abs($0 - $1) < 1e-3 })
    }
    #expect(throws: ReIDError.self) { try Embedding(halves: [0x7E00, 0], model: "m") }
    #expect(throws: ReIDError.self) { try Embedding(halves: [], model: "m") }
  }
}

extension Gallery {
  fileprivate mutating func insert(_ id: Int64, _ embedding: Embedding) throws(ReIDError) {
    try insert(id, halves: embedding.halves, model: embedding.model)
  }
}
