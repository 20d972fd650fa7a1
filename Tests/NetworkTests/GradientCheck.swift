import Network
import Testing

/// Compares a layer's `backward` with central differences of the scalar `sum(weights * forward(x))`.
struct GradientCheck {
  let layer: any Layer
  let input: Tensor
  /// Before each forward pass: what resets state that must not differ between passes.
  var compute = Compute(threads: 1)

  private var generator = SeededGenerator(seed: 7)

  init(_ layer: any Layer, input shape: Shape, seed: UInt64 = 1, compute: Compute = Compute(threads: 1)) {
    self.layer = layer
    self.compute = compute
    var generator = SeededGenerator(seed: seed)
    input = Tensor(shape, (0..<shape.count).map { _ in generator.uniform(in: -1...1) })
  }

  /// Checks up to `samples` entries of the input gradient and of every trained parameter's gradient.
  mutating func run(samples: Int = 24, step: Float = 1e-2, tolerance: Double = 2e-2) throws {
    let output = try layer.forward(input, on: compute)
    let weights = Tensor(output.shape, (0..<output.count).map { _ in generator.uniform(in: -1...1) })
    let gradient = try #require(try layer.backward(weights, needsInputGradient: true, on: compute))
    let analytic = gradient.copy()
    let parameters = layer.namedParameters().filter(\.parameter.isTrained)
    let analyticParameters = try parameters.map { try #require($0.parameter.gradient).copy() }
    try compare(input, analytic, weights, "input", samples, step, tolerance)
    for (named, analytic) in zip(parameters, analyticParameters) {
      try compare(named.parameter.value, analytic, weights, named.name, samples, step, tolerance)
    }
  }

  private mutating func compare(
    _ variable: Tensor, _ analytic: Tensor, _ weights: Tensor, _ name: String, _ samples: Int, _ step: Float,
    _ tolerance: Double
  ) throws {
    #expect(analytic.count == variable.count)
    let expected = analytic.values
    let scale = expected.reduce(1e-3) { max($0, Double(abs($1))) }
    for _ in 0..<min(samples, variable.count) {
      let i = Int.random(in: 0..<variable.count, using: &generator)
      let original = variable.values[i]
      func loss(at value: Float) throws -> Double {
        variable.withUnsafeMutableBufferPointer { $0[i] = value }
        let y = try layer.forward(input, on: compute)
        return zip(y.values, weights.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      let numeric = (try loss(at: original + step) - loss(at: original - step)) / Double(2 * step)
      variable.withUnsafeMutableBufferPointer { $0[i] = original }
      let difference = abs(numeric - Double(expected[i]))
      #expect(difference <= tolerance * scale, "\(name)[\(i)]: \(numeric) against \(expected[i])")
    }
  }
}
