import Network
import Testing

@testable import ReID

@Suite struct ContrastiveLossTests {
  /// Two unit vectors at a right angle are √2 apart.
  @Test func distancesAreThoseOfUnitVectors() {
    let features = Tensor([3, 2], [3, 0, 0, 5, 2, 0])
    let pairs = [
      CropPair(first: 0, second: 1, isSamePerson: true), CropPair(first: 0, second: 2, isSamePerson: false),
      CropPair(first: 0, second: 1, isSamePerson: false),
    ]
    // ½·2 for the pair that should be close, ½·1² for the equal ones that should not, and nothing beyond the margin.
    #expect(abs(contrastiveLoss(features, pairs: pairs).value - (1 + 0.5) / 3) < 1e-9)
  }

  @Test func gradientIsThatOfFiniteDifferences() {
    var g = SeededGenerator(seed: 5)
    let values = (0..<4 * 6).map { _ in g.uniform(in: 0...1) }
    let pairs = [
      CropPair(first: 0, second: 1, isSamePerson: true), CropPair(first: 1, second: 2, isSamePerson: false),
      CropPair(first: 3, second: 0, isSamePerson: false), CropPair(first: 2, second: 3, isSamePerson: true),
    ]
    expectGradientOfFiniteDifferences(at: values, tolerance: 1e-3) {
      contrastiveLoss(Tensor([4, 6], $0), pairs: pairs)
    }
  }
}
