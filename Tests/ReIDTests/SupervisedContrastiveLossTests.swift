import Foundation
import Network
import Testing

@testable import ReID

@Suite struct SupervisedContrastiveLossTests {
  /// Two crops of one person in one direction, a third at a right angle: cosines of 1 and 0.
  @Test func closenessIsMeasuredAgainstEverybodyElse() {
    let features = Tensor([3, 2], [3, 0, 7, 0, 0, 2])
    let loss = supervisedContrastiveLoss(features, labels: [4, 4, 9], temperature: 0.5)
    #expect(abs(loss.value - log(1 + exp(-2.0))) < 1e-9, "the third is nobody's pair")
    // All alike: one of two others, by chance.
    let alike = Tensor([3, 2], [1, 0, 1, 0, 1, 0])
    let even = supervisedContrastiveLoss(alike, labels: [4, 4, 9], temperature: 0.1)
    #expect(abs(even.value - log(2.0)) < 1e-9)
  }

  @Test func thePersonsCropsCountAsTheirMean() {
    let features = Tensor([4, 2], [1, 0, 1, 0, 0, 1, 0, 1])
    let loss = supervisedContrastiveLoss(features, labels: [1, 1, 1, 2], temperature: 1)
    // Of the first two: one of the two positives is at cosine 1, the other at 0; the third sees both at 0, and a stranger at 1.
    let (near, far) = (M_E / (M_E + 2), 1 / (M_E + 2))
    let first = -(log(near) + log(far)) / 2
    let third = -log(1 / (2 + M_E))
    #expect(abs(loss.value - (2 * first + third) / 3) < 1e-9)
  }

  @Test func whereNobodyComesTwiceThereIsNothingToLearn() {
    let loss = supervisedContrastiveLoss(Tensor([2, 2], [1, 0, 0, 1]), labels: [1, 2], temperature: 0.1)
    #expect(loss.value == 0)
    #expect(loss.gradient.values == [0, 0, 0, 0])
  }

  @Test func gradientIsThatOfFiniteDifferences() {
    var g = SeededGenerator(seed: 5)
    let values = (0..<6 * 5).map { _ in g.uniform(in: -1...1) }
    expectGradientOfFiniteDifferences(at: values, tolerance: 2e-3, relativeTolerance: 0.01) {
      supervisedContrastiveLoss(Tensor([6, 5], $0), labels: [0, 1, 0, 2, 1, 0], temperature: 0.4)
    }
  }
}
