import Foundation
import Network
import Testing

@Suite struct LossTests {
  @Test func meanSquaredErrorByHand() {
    let loss = meanSquaredError(Tensor([2, 2], [1, 2, 3, 4]), Tensor([2, 2], [0, 2, 5, 4]))
    #expect(loss.value == 5.0 / 4)
    #expect(loss.gradient.values == [0.5, 0, -1, 0])
  }

  /// Two cubes of two frames of one pixel, weights 0.75 and 0.25.
  @Test func frameWeightsByHand() {
    let loss = meanSquaredError(
      Tensor([2, 2, 1, 1, 1], [1, 1, 0, 0]), Tensor([2, 2, 1, 1, 1], [0, 3, 0, 1]),
      frameWeights: [0.75, 0.25])
    #expect(loss.value == (0.75 * 1 + 0.25 * 4 + 0 + 0.25 * 1) / 2)
    #expect(loss.gradient.values == [0.75, -0.5, 0, -0.25])
  }

  @Test func softmaxCrossEntropyByHand() {
    let loss = softmaxCrossEntropy(Tensor([2, 2], [0, 0, Float(log(3.0)), 0]), labels: [0, 1])
    #expect(abs(loss.value - (log(2.0) + log(4.0)) / 2) < 1e-6)
    for (found, expected) in zip(loss.gradient.values, [-0.25, 0.25, 0.375, -0.375] as [Float]) {
      #expect(abs(found - expected) < 1e-6)
    }
  }
}
