import Foundation
import Network
import Testing

@testable import ReID

@Suite struct CosineClassifierTests {
  private let compute = Compute(threads: 1)

  private func classifier(people: Int) -> CosineClassifier {
    var options = EmbedderTrainingOptions(budget: .steps(1))
    options.dropout = 0
    var g = SeededGenerator(seed: 5)
    return CosineClassifier(people: people, options: options, using: &g)
  }

  private func features(_ count: Int) -> Tensor {
    var g = SeededGenerator(seed: 6)
    return Tensor(
      [count, 1, 1, MSPCNN.dimension],
      (0..<count * MSPCNN.dimension).map { _ in g.uniform(in: 0...1) })
  }

  @Test func theGradientIsThatOfTheLoss() throws {
    let (classifier, x, labels) = (classifier(people: 4), features(3), [0, 2, 3])
    let gradient = try classifier.loss(x, labels: labels, on: compute).loss.gradient.values
    for place in [0, 17, MSPCNN.dimension + 3, 3 * MSPCNN.dimension - 1] {
      let values = try [Float(0.02), -0.02].map { step in
        var moved = x.values
        moved[place] += step
        return try classifier.loss(Tensor(x.shape, moved), labels: labels, on: compute).loss.value
      }
      let slope = (values[0] - values[1]) / 0.04
      #expect(abs(slope - Double(gradient[place])) < 1e-3 + 0.02 * abs(slope), "at \(place)")
    }
  }

  @Test func lengthsOfFeaturesDoNotCount() throws {
    let (classifier, x) = (classifier(people: 4), features(2))
    let longer = Tensor(x.shape, x.values.map { $0 * 7 })
    let (a, b) = (
      try classifier.loss(x, labels: [1, 2], on: compute).loss.value,
      try classifier.loss(longer, labels: [1, 2], on: compute).loss.value
    )
    #expect(abs(a - b) < 1e-5)
  }

  @Test func imprintedDirectionsTellTheirPeopleApart() throws {
    let (classifier, x, labels) = (classifier(people: 3), features(6), [0, 1, 2, 2, 1, 0])
    let before = try classifier.loss(x, labels: labels, on: compute)
    classifier.imprint(x, labels: labels)
    let after = try classifier.loss(x, labels: labels, on: compute)
    #expect(after.accuracy == 1 && before.accuracy < 1)
    #expect(after.loss.value < before.loss.value)
    // The first person's direction is that of the sum of both unit features.
    let unit = UnitFeatures(x).values
    let sum = (0..<MSPCNN.dimension).map { Float(unit[$0] + unit[5 * MSPCNN.dimension + $0]) }
    let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let direction = classifier.namedParameters[0].parameter.value.values.prefix(MSPCNN.dimension)
    #expect(zip(sum, direction).allSatisfy { abs($0 / length - $1) < 1e-5 })
  }

  @Test func directionsHaveLengthOne() {
    let weights = classifier(people: 5).namedParameters[0].parameter.value
    for row in 0..<5 {
      let values = weights.values[row * MSPCNN.dimension..<(row + 1) * MSPCNN.dimension]
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
    }
  }
}
