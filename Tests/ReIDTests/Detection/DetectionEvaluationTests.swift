import Decode
import Testing

@testable import ReID

/// Against curves worked out by hand.
@Suite struct DetectionEvaluationTests {
  private let size = PictureSize(width: 100, height: 100)

  private func box(_ x: Double, _ y: Double = 0.1, width: Double = 0.1, height: Double = 0.2) -> Box {
    Box(x: x, y: y, width: width, height: height)
  }

  private func picture(
    _ people: [Box], uncertain: [Box] = [], found: [(Box, Float)]
  ) -> DetectionEvaluation.Picture {
    .init(
      size: size, people: people, uncertain: uncertain, found: found.map { Detection(box: $0.0, score: $0.1) }
    )
  }

  @Test func everythingFound() {
    let result = DetectionEvaluation([
      picture([box(0), box(0.5)], found: [(box(0), 0.9), (box(0.5), 0.8)])
    ])
    #expect(result.people == 2)
    #expect(result.averagePrecision == 1)
    #expect(result.recall(atPrecision: 0.9) == 1)
    #expect(result.best(precision: 0.9)?.score == 0.8)
  }

  /// Right, wrong, right, of three people. Precision 1, 1/2, 2/3 at recall 1/3, 1/3, 2/3: area 1/3 · 1 + 1/3 · 2/3.
  @Test func aFalseOneBetween() throws {
    let result = DetectionEvaluation([
      picture([box(0)], found: [(box(0), 0.9), (box(0.5), 0.8)]),
      picture([box(0.2), box(0.7)], found: [(box(0.2), 0.7)]),
    ])
    let area = try #require(result.averagePrecision)
    #expect(abs(area - 5.0 / 9) < 1e-12)
    #expect(abs(result.recall(atPrecision: 0.9) - 1.0 / 3) < 1e-12)
    #expect(abs(result.recall(atPrecision: 0.6) - 2.0 / 3) < 1e-12)
    #expect(result.recall(atPrecision: 0.5) == result.recall(atPrecision: 0.6))
  }

  @Test func precisionOfLowerScoresCountsForHigherOnes() throws {
    // Wrong, right, right: precision 0, 1/2, 2/3 at recall 0, 1/2, 1. All of the area is under 2/3.
    let result = DetectionEvaluation([
      picture([box(0), box(0.5)], found: [(box(0.25), 0.9), (box(0), 0.8), (box(0.5), 0.7)])
    ])
    let area = try #require(result.averagePrecision)
    #expect(abs(area - 2.0 / 3) < 1e-12)
    #expect(result.recall(atPrecision: 0.9) == 0)
    #expect(result.best(precision: 0.9) == nil)
  }

  @Test func aSecondBoxForTheSamePersonIsFalse() {
    let result = DetectionEvaluation([picture([box(0)], found: [(box(0), 0.9), (box(0.01), 0.8)])])
    #expect(result.curve.last?.precision == 0.5)
    #expect(result.averagePrecision == 1)
  }

  @Test func aBoxTakesThePersonThatItOverlapsMost() {
    // The surer detection lies over both people, more over the second: the first is left for the other.
    let result = DetectionEvaluation([
      picture([box(0.1), box(0.12)], found: [(box(0.12), 0.9), (box(0.1), 0.8)])
    ])
    #expect(result.curve.last?.recall == 1 && result.curve.last?.precision == 1)
  }

  @Test func overlapOfAHalfIsEnough() {
    // Half as wide: 1/2. A little narrower: less.
    func precision(width: Double) -> Double? {
      DetectionEvaluation([
        picture(
          [box(0.25, 0.25, width: 0.5, height: 0.5)],
          found: [(box(0.25, 0.25, width: width, height: 0.5), 0.9)])
      ]).averagePrecision
    }
    #expect(precision(width: 0.25) == 1)
    #expect(precision(width: 0.24) == 0)
  }

  @Test func whatAnUncertainBoxExplainsDoesNotCount() {
    let found: [(Box, Float)] = [(box(0.5), 0.9), (box(0), 0.8)]
    #expect(
      DetectionEvaluation([picture([box(0)], uncertain: [box(0.5)], found: found)]).averagePrecision == 1)
    #expect(DetectionEvaluation([picture([box(0)], found: found)]).averagePrecision == 0.5)
  }

  @Test func equalScoresAreOnePoint() {
    let result = DetectionEvaluation([picture([box(0)], found: [(box(0), 0.5), (box(0.5), 0.5)])])
    #expect(result.curve == [.init(score: 0.5, recall: 1, precision: 0.5)])
  }

  @Test func heightsAreCountedInPixels() {
    let (small, tall) = (box(0, height: 0.1), box(0.5, height: 0.5))
    let falseTall = box(0.8, height: 0.6)
    let pictures = [picture([small, tall], found: [(small, 0.9), (falseTall, 0.8), (tall, 0.7)])]
    let low = DetectionEvaluation(pictures, heights: 0..<20)
    #expect(low.people == 1 && low.averagePrecision == 1)
    let high = DetectionEvaluation(pictures, heights: 20.0..<(.infinity))
    #expect(high.people == 1 && high.averagePrecision == 0.5)
    #expect(DetectionEvaluation(pictures, heights: 30..<40).averagePrecision == nil)
  }

  @Test func nothingFoundAndNobodyThere() {
    #expect(DetectionEvaluation([picture([box(0)], found: [])]).averagePrecision == 0)
    let empty = DetectionEvaluation([picture([], found: [(box(0), 0.9)])])
    #expect(empty.averagePrecision == nil && empty.curve.last?.precision == 0)
    #expect(DetectionEvaluation([]).people == 0)
  }
}
