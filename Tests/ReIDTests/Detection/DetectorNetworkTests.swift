import Decode
import Network
import Testing

@testable import ReID

@Suite struct DetectorNetworkTests {
  private let compute = Compute(threads: 1)

  private func picture(_ shape: Shape, seed: UInt64 = 5) -> Tensor {
    var g = SeededGenerator(seed: seed)
    return Tensor(shape, (0..<shape.count).map { _ in g.uniform(in: 0...1) })
  }

  @Test func itsSizeIsWithinTheBudget() {
    let count = DetectorNetwork(seed: 1).namedParameters.filter(\.parameter.isTrained)
      .reduce(0) { $0 + $1.parameter.value.count }
    #expect(count < 1_000_000)
    #expect(count > 400_000)
  }

  @Test func everyStrideAnswersForItsCells() throws {
    let levels = try DetectorNetwork(seed: 1).forward(picture([2, 64, 96, 3]), on: compute)
    #expect(levels.map(\.shape) == [[2, 8, 12, 16], [2, 4, 6, 16], [2, 2, 3, 16]])
  }

  @Test func aFreshNetworkSeesNobody() throws {
    let detector = PersonDetector(
      DetectorModel(
        network: DetectorNetwork(seed: 1),
        card: .init(pixelCount: 96 * 96, trainingData: "", steps: 0, seed: 1)),
      compute: compute)
    let gray = ColorPicture(
      size: PictureSize(width: 96, height: 96), pixels: [UInt8](repeating: 90, count: 3 * 96 * 96))
    #expect(try detector.people(in: gray).isEmpty)
  }

  @Test func frozenAnswersAreThoseOfInference() throws {
    let network = DetectorNetwork(seed: 2)
    for seed in 1...3 { _ = try network.forward(picture([1, 64, 64, 3], seed: UInt64(seed)), on: compute) }
    let x = picture([1, 64, 96, 3])
    let plain = try DetectorNetwork.levels(of: x, on: compute) { part, x throws(NetworkError) in
      try network.parts[part]?(x, on: compute) ?? x
    }
    let frozen = try network.frozen()(x, on: compute)
    for (a, b) in zip(plain, frozen) {
      #expect(a.shape == b.shape)
      #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) < 1e-3 * (1 + abs($0)) })
    }
  }

  /// Through all branches, the way to the finest level and back.
  @Test func gradientsOfTheWholeNetwork() throws {
    let network = DetectorNetwork(seed: 3)
    let x = picture([2, 64, 64, 3])
    var g = SeededGenerator(seed: 9)
    let levels = try network.forward(x, on: compute)
    let weights = levels.map { level in
      Tensor(level.shape, (0..<level.count).map { _ in g.uniform(in: -1...1) })
    }
    try network.backward(weights, on: compute)
    func loss() throws -> Double {
      try zip(network.forward(x, on: compute), weights).reduce(0) { sum, pair in
        zip(pair.0.values, pair.1.values).reduce(sum) { $0 + Double($1.0) * Double($1.1) }
      }
    }
    for name in [
      "stride8.3.weight", "stride16.0.weight", "stride32.1.weight", "narrow32.0.weight", "lateral16.0.weight",
      "enlarge16.0.weight", "lateral8.0.weight", "head8.0.weight", "head16.3.weight", "head32.3.bias",
    ] {
      let parameter = try #require(network.namedParameters.first { $0.name == name }, "\(name)").parameter
      let gradient = try #require(parameter.gradient).values
      // Along the gradient itself the slope is its squared length; single weights drown in the rounding.
      let length = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let step = 2e-3 * parameter.value.values.reduce(0) { max($0, Double(abs($1))) }
      let original = parameter.value.values
      func move(_ by: Double) {
        parameter.value.withUnsafeMutableBufferPointer {
          for i in $0.indices { $0[i] = original[i] + Float(by * Double(gradient[i]) / length) }
        }
      }
      move(step)
      let more = try loss()
      move(-step)
      let less = try loss()
      move(0)
      let numeric = (more - less) / (2 * step)
      #expect(abs(numeric - length) < 0.05 * length, "\(name): \(numeric), \(length)")
    }
  }
}
