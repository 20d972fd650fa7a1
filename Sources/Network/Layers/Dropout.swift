/// Drops values at random in training and scales up the rest (Srivastava et al. 2014); the identity at inference.
public final class Dropout: Layer {
  private let probability: Float
  private var generator: SeededGenerator
  private var mask: [Float] = []

  /// Drops each value with this probability, below 1.
  public init(_ probability: Float, using generator: inout SeededGenerator) {
    self.probability = probability
    self.generator = SeededGenerator(seed: generator.next())
  }

  /// Draws anew from here on: what a training that was resumed does, to drop what it would have dropped.
  public func reseed(_ seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// The input itself.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor { x }

  /// The input with values dropped.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    mask = (0..<x.count).map { _ in generator.uniform(in: 0...1) < probability ? 0 : 1 / (1 - probability) }
    return masked(x)
  }

  /// The gradient, dropped in the same places.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    guard mask.count == gradient.count else { _ = try remembered(Tensor?.none, "Dropout"); return nil }
    return masked(gradient)
  }

  private func masked(_ x: Tensor) -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    for i in 0..<x.count { y.pointer[i] = x.pointer[i] * mask[i] }
    return y
  }
}
