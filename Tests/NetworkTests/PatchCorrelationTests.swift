import Foundation
import Network
import Testing

@Suite struct PatchCorrelationTests {
  private let compute = Compute(threads: 2)

  private func maps(_ shape: Shape, seed: UInt64) -> Tensor {
    var g = SeededGenerator(seed: seed)
    return Tensor(shape, (0..<shape.count).map { _ in g.uniform(in: -1...1) })
  }

  /// Straight from the definition.
  private func reference(_ maps: Tensor, _ first: Int, _ second: Int) -> Double {
    let s = maps.shape.sizes
    let (height, width, channels) = (s[1], s[2], s[3])
    let values = maps.values.map(Double.init)
    func patch(_ map: Int, _ y: Int, _ x: Int, _ c: Int) -> (values: [Double], deviation: Double) {
      var patch: [Double] = []
      for row in y - 2...y + 2 {
        for column in x - 2...x + 2 {
          let inside = (0..<height).contains(row) && (0..<width).contains(column)
          patch.append(inside ? values[((map * height + row) * width + column) * channels + c] : 0)
        }
      }
      let mean = patch.reduce(0, +) / 25
      let centred = patch.map { $0 - mean }
      return (centred, (centred.reduce(0) { $0 + $1 * $1 } / 24).squareRoot() + 0.01)
    }
    var sum = 0.0
    for c in 0..<channels {
      for y in 0..<height {
        for x in 0..<width {
          let own = patch(first, y, x, c)
          var best = -Double.infinity
          for row in max(0, y - 2)...min(height - 1, y + 2) {
            for column in 0..<width {
              let other = patch(second, row, column, c)
              let product = zip(own.values, other.values).reduce(0) { $0 + $1.0 * $1.1 }
              best = max(best, product / (24 * own.deviation * other.deviation))
            }
          }
          sum += best
        }
      }
    }
    return sum / Double(height * width * channels)
  }

  @Test func similarityIsThatOfTheDefinition() throws {
    let maps = maps([3, 7, 5, 3], seed: 1)
    for (first, second) in [(0, 1), (2, 0)] {
      let correlation = try PatchCorrelation(maps, first, second, on: compute)
      #expect(abs(correlation.similarity - reference(maps, first, second)) < 1e-5)
    }
  }

  @Test func aMapIsLikeItself() throws {
    let map = maps([1, 8, 6, 2], seed: 2)
    #expect(try PatchCorrelation(map, 0, 0, on: compute).similarity > 0.9)
  }

  @Test func flatMapsAreLikeNothing() throws {
    #expect(try PatchCorrelation(Tensor([2, 6, 5, 2]), 0, 1, on: compute).similarity == 0)
  }

  @Test func gradientIsThatOfFiniteDifferences() throws {
    let maps = maps([2, 6, 5, 2], seed: 3)
    let gradient = Tensor(maps.shape)
    try PatchCorrelation(maps, 0, 1, on: compute).addGradient(100, to: gradient)
    let expected = gradient.values
    let scale = expected.reduce(0) { max($0, abs($1)) }
    var agreeing = 0
    for i in 0..<maps.count {
      let original = maps.values[i]
      func similarity(at value: Float) throws -> Double {
        maps.withUnsafeMutableBufferPointer { $0[i] = value }
        return try PatchCorrelation(maps, 0, 1, on: compute).similarity
      }
      let numeric = 100 * (try similarity(at: original + 1e-3) - similarity(at: original - 1e-3)) / 2e-3
      maps.withUnsafeMutableBufferPointer { $0[i] = original }
      if abs(numeric - Double(expected[i])) < 0.03 * Double(scale) { agreeing += 1 }
    }
    // Where the best patch changes within the step, the difference has no say.
    #expect(agreeing >= maps.count * 95 / 100, "\(agreeing) of \(maps.count)")
  }

  @Test func threadsChangeNothing() throws {
    let maps = maps([2, 12, 9, 5], seed: 4)
    let (one, two) = (Tensor(maps.shape), Tensor(maps.shape))
    let alone = try PatchCorrelation(maps, 0, 1, on: Compute(threads: 1))
    let shared = try PatchCorrelation(maps, 0, 1, on: compute)
    try alone.addGradient(1, to: one)
    try shared.addGradient(1, to: two)
    #expect(alone.similarity == shared.similarity)
    #expect(one.values == two.values)
  }
}
