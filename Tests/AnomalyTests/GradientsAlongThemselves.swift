import Network
import Testing

/// Holds the gradients that `loss` sets, one parameter at a time, to central differences along the gradient itself: the slope
/// in that direction is its length, which no rounding hides. Where it is nothing there is no direction to look in.
///
/// - Parameter moving: The end of the names of parameters whose gradient may not be nothing.
func expectGradients(
  of parameters: [(name: String, parameter: Parameter)], moving: String? = nil,
  toBeThoseOf loss: () throws -> Double
) throws {
  _ = try loss()
  var generator = SeededGenerator(seed: 3)
  let trained = parameters.filter(\.parameter.isTrained)
  let gradients = try trained.map { try #require($0.parameter.gradient).values }
  for ((name, parameter), gradient) in zip(trained, gradients) {
    let length = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard length > 1e-7 else {
      #expect(moving.map { !name.hasSuffix($0) } ?? true, "\(name) does not move")
      continue
    }
    let original = parameter.value.values
    let step = 1e-2 * Double(generator.uniform(in: 0.5...1))
    func shifted(by amount: Double) throws -> Double {
      parameter.value.withUnsafeMutableBufferPointer { value in
        for i in value.indices { value[i] = original[i] + Float(amount / length) * gradient[i] }
      }
      return try loss()
    }
    let numeric = try (shifted(by: step) - shifted(by: -step)) / (2 * step)
    parameter.value.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: original) }
    #expect(abs(numeric - length) < 0.1 * length + 2e-5, "\(name): \(numeric) against \(length)")
  }
}
