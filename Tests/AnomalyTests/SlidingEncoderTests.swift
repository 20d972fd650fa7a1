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
    let encoder = SlidingEncoder(STAE(seed: 1).encoder)
    func code(after seeds: [UInt64]) throws -> [Float] {
      try encoder.forward(cube(seed: 1), after: seeds.map(cube), on: compute).values
    }
    #expect(try code(after: [2]) != code(after: []))
    #expect(try code(after: [3, 2]) != code(after: [2]), "what was taken over goes on, too")
  }

  /// With what is taken over held as it is, the gradients are those of the code.
  @Test func gradientsHoldWhatIsTakenOver() throws {
    let network = STAE(seed: 2)
    let encoder = SlidingEncoder(network.encoder)
    let halves = try encoder.slide(to: cube(seed: 1), takingOver: [], inTraining: false, on: compute).second
    var g = SeededGenerator(seed: 4)
    var slopes: Tensor?
    try expectGradients(of: network.encoder.namedParameters()) {
      let code = try encoder.slide(to: cube(seed: 2), takingOver: halves, inTraining: true, on: compute).code
      let weights = slopes ?? Tensor(code.shape, code.values.map { _ in g.uniform(in: -1...1) })
      slopes = weights
      try encoder.backward(weights, slides: true, on: compute)
      return zip(code.values, weights.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
  }
}
