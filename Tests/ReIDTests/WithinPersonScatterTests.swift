import Network
import Testing

@testable import ReID

@Suite struct WithinPersonScatterTests {
  private let labels = (0..<30).map { $0 % 5 }

  private func features(_ dimension: Int) -> Tensor {
    var g = SeededGenerator(seed: 3)
    return Tensor(
      [30, 1, 1, dimension],
      (0..<30 * dimension).map { i in
        // The further along, the more a person differs from crop to crop.
        Float(i / dimension % 5 == i % dimension % 5 ? 3 : 0)
          + g.uniform(in: -1...1) * Float(1 + i % dimension)
      })
  }

  @Test func scatterIsThatOfDifferencesToTheMean() {
    // Two people in the plane at length 1: one whose crops are at ±0.6 from the axis, one who never changes.
    let x = Tensor([4, 2], [0.8, 0.6, 0.8, -0.6, 0, 1, 0, 5])
    let scatter = WithinPersonScatter(x, labels: [0, 0, 1, 1])
    for (found, expected) in zip(scatter.values, [0, 0, 0, 0.18]) { #expect(abs(found - expected) < 1e-7) }
    #expect(scatter.whitening(shrinkage: 0) == nil)
  }

  @Test func whiteningLeavesTheSameScatterInEveryDirection() throws {
    let d = 6
    let scatter = WithinPersonScatter(features(d), labels: labels)
    let map = try #require(scatter.whitening(shrinkage: 0))
    for i in 0..<d {
      for j in 0..<d {
        var sum = 0.0
        for k in 0..<d {
          for l in 0..<d { sum += map[i * d + k] * scatter.values[k * d + l] * map[j * d + l] }
        }
        #expect(abs(sum - (i == j ? 1 : 0)) < 1e-9)
      }
    }
  }

  @Test func aMapBehindFC7IsFoldedIntoIt() throws {
    let (network, compute, d) = (MSPCNN(seed: 3), Compute(threads: 1), MSPCNN.dimension)
    var g = SeededGenerator(seed: 4)
    let pooled = Tensor([3, 1, 1, 768], (0..<3 * 768).map { _ in g.uniform(in: -1...1) })
    // Statistics and weights that are not those of a fresh layer.
    _ = try network.head.forward(pooled, on: compute)
    let map = (0..<d * d).map { $0 % d <= $0 / d ? Double(g.uniform(in: -1...1)) : 0 }
    let before = try network.head(pooled, on: compute).values
    network.apply(map, features: Tensor([3, d], before))
    let after = try network.head(pooled, on: compute).values
    for row in 0..<3 {
      for i in 0..<d {
        let expected = (0..<d).reduce(0.0) { $0 + map[i * d + $1] * Double(before[row * d + $1]) }
        #expect(abs(Double(after[row * d + i]) - expected) < 1e-3 * max(1, abs(expected)))
      }
    }
    // Training goes on where inference stands: a batch has the statistics that are kept.
    let trained = try network.head.forward(pooled, on: compute).values
    #expect(zip(trained, after).allSatisfy { abs($0 - $1) < 1e-2 * max(1, abs($1)) })
  }
}
