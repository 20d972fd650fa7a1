import Network
import Testing

@testable import Anomaly

@Suite struct SlidingEncoderTests {
  private static let shape = CubeShape(frames: 16, height: 32, width: 48)
  private let compute = Compute(threads: 1)

  private func cube(seed: UInt64) -> Tensor {
    var g = SeededGenerator(seed: seed)
    return Tensor(Self.shape.tensorShape, (0..<Self.shape.elementCount).map { _ in g.uniform(in: 0...1) })
  }

  @Test func aCubeByItselfIsTheEncoder() throws {
    let encoder = STAE(seed: 1).encoder
    let code = try SlidingEncoder(encoder).forward(cube(seed: 1), after: [], on: compute)
    #expect(try code.values == encoder.forward(cube(seed: 1), on: compute).values)
  }

  @Test func theCodeGoesOnFromTheCubesBefore() throws {
    // A network of its own each time: statistics move.
    func code(after seeds: [UInt64]) throws -> [Float] {
      try SlidingEncoder(STAE(seed: 1).encoder)
        .forward(cube(seed: 1), after: seeds.map(cube), on: compute).values
    }
    #expect(try code(after: [2]) != code(after: []))
    #expect(try code(after: [2]) == code(after: [2]))
    #expect(try code(after: [3, 2]) != code(after: [2]), "what was taken over goes on, too")
  }

  /// What is trained for and what is used, on three cubes of one stream.
  @Test func itSlidesAsInUse() throws {
    let network = STAE(seed: 1)
    for seed in 0..<10 { _ = try network.encoder.forward(cube(seed: UInt64(seed)), on: compute) }
    let encoder = SlidingEncoder(network.encoder)
    let sliding = SlidingNetwork([network.encoder.frozen(), network.reconstruction.frozen()], reuse: .half)
    let frames = [10, 11].flatMap { cube(seed: $0).values }
    var second: [Tensor] = []
    for start in [0, 8, 16] {
      let size = Self.shape.valuesPerFrame
      let cube = Tensor(Self.shape.tensorShape, Array(frames[start * size..<(start + 16) * size]))
      let inUse = try sliding.next(cube, hop: 8, on: compute)
      let learned = try encoder.slide(to: cube, takingOver: second, inTraining: false, on: compute)
      second = learned.second
      let newest = try network.reconstruction(learned.code, on: compute).values.suffix(inUse.count)
      #expect(zip(inUse.values, newest).allSatisfy { abs($0 - $1) < 1e-3 }, "from frame \(start)")
    }
  }

  /// With what is taken over held as it is, the gradients are those of the code.
  @Test func gradientsHoldWhatIsTakenOver() throws {
    let network = STAE(seed: 2)
    let encoder = SlidingEncoder(network.encoder)
    let halves = try encoder.slide(to: cube(seed: 1), takingOver: [], inTraining: false, on: compute).second
    var g = SeededGenerator(seed: 4)
    var slopes: Tensor?
    try expectGradients(of: network.encoder.namedParameters(), moving: "weight") {
      let code = try encoder.slide(to: cube(seed: 2), takingOver: halves, inTraining: true, on: compute).code
      let weights = slopes ?? Tensor(code.shape, code.values.map { _ in g.uniform(in: -1...1) })
      slopes = weights
      try encoder.backward(weights, slides: true, on: compute)
      return zip(code.values, weights.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
  }
}
