import Foundation
import Network
import Testing

@testable import ReID

@Suite struct TeacherTests {
  private let compute = Compute(threads: 1)

  @Test func vectorsStandInTheOrderOfTheLabelsAtLengthOne() throws {
    let vectors = try TeacherVectors(
      ["a.jpg": [3, 4], "b.jpg": [0, -2], "of nobody.jpg": [1]], inOrderOf: ["b.jpg", "a.jpg"])
    #expect(vectors.values == [0, -1, 0.6, 0.8])
    #expect(vectors.dimension == 2)
  }

  @Test(arguments: [
    (["a.jpg": [Float(1), 0]], "has no vector of b.jpg, which labels.csv:3 labels"),
    (["a.jpg": [1, 0], "b.jpg": [1]], "has 1 numbers of b.jpg, and 2 of others; make it anew"),
    (["a.jpg": [1, 0], "b.jpg": [0, 0]], "nothing but zeros, or no numbers, of b.jpg"),
    (["a.jpg": [1, 0], "b.jpg": [.nan, 0]], "nothing but zeros, or no numbers, of b.jpg"),
    (["a.jpg": [], "b.jpg": []], "nothing but zeros, or no numbers, of a.jpg"),
  ])
  func vectorsThatDoNotFitAreRefused(_ vectors: [String: [Float]], reason: String) throws {
    #expect {
      _ = try TeacherVectors(vectors, inOrderOf: ["a.jpg", "b.jpg"])
    } throws: { "\($0)".contains(reason) }
  }

  private func loss() throws -> TeacherLoss {
    var g = SeededGenerator(seed: 3)
    let vectors = try TeacherVectors(
      ["a.jpg": [1, 2, -1], "b.jpg": [0, 1, 1]], inOrderOf: ["a.jpg", "b.jpg"])
    return TeacherLoss(vectors, using: &g)
  }

  private func features(_ count: Int) -> Tensor {
    var g = SeededGenerator(seed: 6)
    return Tensor(
      [count, 1, 1, MSPCNN.dimension], (0..<count * MSPCNN.dimension).map { _ in g.uniform(in: -1...1) })
  }

  @Test func theLossIsOneLessTheMeanCosine() throws {
    let (loss, x) = (try loss(), features(2))
    var file = WeightsFile()
    loss.store(into: &file)
    let map = try #require(file.tensors.values.first).values
    func cosine(_ row: Int, _ target: [Float]) -> Float {
      let feature = x.values[row * MSPCNN.dimension..<(row + 1) * MSPCNN.dimension]
      let mapped = (0..<3).map { axis in
        zip(map[axis * MSPCNN.dimension..<(axis + 1) * MSPCNN.dimension], feature).reduce(Float(0)) {
          $0 + $1.0 * $1.1
        }
      }
      func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      return product(mapped, target) / (product(mapped, mapped) * product(target, target)).squareRoot()
    }
    let expected = 1 - (cosine(0, [0, 1, 1]) + cosine(1, [1, 2, -1])) / 2
    let value = try loss.loss(x, crops: [1, 0], on: compute).value
    #expect(abs(value - Double(expected)) < 1e-5)
  }

  @Test func aFittedMapMakesVectorsOfFeatures() throws {
    // Vectors that are a linear map of features: their first numbers, exchanged.
    let x = features(2 * MSPCNN.dimension)
    let names = (0..<x.shape.rows).map { "\($0).jpg" }
    let vectors = names.enumerated().map { row, name in
      (name, [2, 0, 1].map { x.values[row * MSPCNN.dimension + $0] })
    }
    var g = SeededGenerator(seed: 3)
    let loss = TeacherLoss(
      try TeacherVectors(Dictionary(uniqueKeysWithValues: vectors), inOrderOf: names), using: &g)
    #expect(try loss.loss(x, crops: Array(names.indices), on: compute).value > 0.5)
    loss.fit(x)
    #expect(try loss.loss(x, crops: Array(names.indices), on: compute).value < 0.01)
  }

  @Test func theGradientIsThatOfTheLoss() throws {
    let (loss, x) = (try loss(), features(3))
    let gradient = try loss.loss(x, crops: [0, 1, 1], on: compute).gradient.values
    for place in [0, 17, MSPCNN.dimension + 3, 3 * MSPCNN.dimension - 1] {
      let values = try [Float(0.05), -0.05].map { step in
        var moved = x.values
        moved[place] += step
        return try loss.loss(Tensor(x.shape, moved), crops: [0, 1, 1], on: compute).value
      }
      let slope = (values[0] - values[1]) / 0.1
      #expect(abs(slope - Double(gradient[place])) < 1e-5 + 0.02 * abs(slope), "at \(place)")
    }
  }
}
