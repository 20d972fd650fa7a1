import ReID
import Testing

@Suite struct EmbeddingTests {
  @Test func aVectorIsNormalised() throws {
    #expect(try Embedding([3, -4], model: "m").values == [0.6, -0.8])
  }

  @Test func neitherLargeNorSmallVectorsLoseTheirDirection() throws {
    let huge = Float.greatestFiniteMagnitude
    let tiny = Float.leastNonzeroMagnitude
    #expect(try Embedding([huge, huge], model: "m").values == Embedding([1, 1], model: "m").values)
    #expect(try Embedding([tiny, tiny], model: "m").values == Embedding([1, 1], model: "m").values)
  }

  @Test(arguments: [[], [0, 0], [1, .nan], [.infinity, 1]] as [[Float]])
  func whatHasNoDirectionIsRefused(_ vector: [Float]) {
    #expect(throws: ReIDError.self) { try Embedding(vector, model: "m") }
  }

  @Test func similarityIsTheCosine() throws {
    let right = try Embedding([2, 0], model: "m")
    #expect(try right.similarity(to: Embedding([0, 1], model: "m")) == 0)
    #expect(try right.similarity(to: Embedding([-5, 0], model: "m")) == -1)
    #expect(try abs(right.similarity(to: Embedding([3, 4], model: "m")) - 0.6) < 1e-6)
  }

  @Test func embeddingsOfTwoModelsAreNotCompared() throws {
    let one = try Embedding([1, 0], model: "one")
    let other = try Embedding([1, 0], model: "other")
    #expect(throws: ReIDError.otherModel(found: "other", expected: "one")) { try one.similarity(to: other) }
    #expect(throws: ReIDError.otherModel(found: "other", expected: "one")) {
      try Embedding.mean(of: [(one, 1), (other, 1)])
    }
  }

  @Test func embeddingsOfTwoLengthsAreNotCompared() throws {
    let short = try Embedding([1], model: "m")
    #expect(throws: ReIDError.self) { try short.similarity(to: Embedding([1, 0], model: "m")) }
  }

  @Test func aMeanIsWeighted() throws {
    let right = try Embedding([1, 0], model: "m")
    let up = try Embedding([0, 1], model: "m")
    #expect(try Embedding.mean(of: [(right, 3), (up, 4)]).values == [0.6, 0.8])
    #expect(throws: ReIDError.self) { try Embedding.mean(of: [(right, 0)]) }
    #expect(throws: ReIDError.self) { try Embedding.mean(of: []) }
  }
}
