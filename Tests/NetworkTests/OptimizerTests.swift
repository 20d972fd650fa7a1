import Testing

@testable import Network

@Suite struct OptimizerTests {
  private func parameter(_ values: [Float], gradient: [Float]) -> Parameter {
    let made = Parameter("w", Tensor([values.count], values), decays: true)
    made.gradient = Tensor([gradient.count], gradient)
    return made
  }

  /// The first step of Adam moves by the learning rate, whatever the gradient's size.
  @Test func adamByHand() {
    let w = parameter([1, -2, 3], gradient: [0.5, -100, 1e-3])
    let adam = Adam([("w", w)], learningRate: 0.1)
    adam.update()
    for (found, expected) in zip(w.value.values, [0.9, -1.9, 2.9] as [Float]) {
      #expect(abs(found - expected) < 1e-5)
    }
  }

  /// Without a gradient there is nothing but the decay: 2 - 0.1 · 0.5 · 2.
  @Test func decoupledDecayIsNotDividedByTheGradient() {
    let (w, norm) = (parameter([2], gradient: [0]), Parameter("n", Tensor([1], [2])))
    norm.gradient = Tensor([1])
    let adam = Adam([("w", w), ("n", norm)], learningRate: 0.1, decoupledWeightDecay: 0.5)
    adam.update()
    #expect(abs(w.value.values[0] - 1.9) < 1e-6)
    #expect(norm.value.values == [2])
  }

  @Test func momentsThatHaveFallenToDenormalNumbersEnd() {
    let w = parameter([1], gradient: [0])
    let adam = Adam([("w", w)], learningRate: 0.1)
    let mean = adam.state[0].tensor
    mean.pointer[0] = Float.leastNormalMagnitude / 2
    adam.update()
    #expect(mean.values == [0])
  }

  @Test func decayPullsWeightsOnly() {
    let (w, norm) = (parameter([1], gradient: [0]), Parameter("n", Tensor([1], [1])))
    norm.gradient = Tensor([1])
    let adam = Adam([("w", w), ("n", norm)], learningRate: 0.1, decoupledWeightDecay: 0.5)
    adam.update()
    #expect(w.value.values == [0.95])
    #expect(norm.value.values == [1])
  }

  /// A small network learns to reproduce what another one does.
  @Test func trainingReducesTheLoss() throws {
    var g = SeededGenerator(seed: 9)
    let network = Sequential([
      Conv3d(inputChannels: 1, outputChannels: 16, kernelSize: 3, padding: 1, bias: false, using: &g),
      BatchNorm(16),
      LeakyReLU(0.2), Conv3d(inputChannels: 16, outputChannels: 1, kernelSize: 3, padding: 1, using: &g),
      Sigmoid(),
    ])
    let compute = Compute(threads: 2)
    let x = Tensor([1, 4, 8, 8, 1], (0..<256).map { _ in g.uniform(in: 0...1) })
    let adam = Adam(network.namedParameters(), learningRate: 1e-2)
    var losses: [Double] = []
    for _ in 0..<120 {
      let loss = meanSquaredError(try network.forward(x, on: compute), x)
      _ = try network.backward(loss.gradient, needsInputGradient: false, on: compute)
      adam.update()
      losses.append(loss.value)
    }
    #expect(losses[119] < 0.1 * losses[0])
  }
}
