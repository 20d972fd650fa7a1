import Anomaly
import Foundation
import TestKit
import Testing

struct EvaluationTests {
  private func roc(_ scores: [Float], _ labels: [Bool]) throws -> ReceiverOperatingCharacteristic {
    try #require(ReceiverOperatingCharacteristic(scores: scores, labels: labels))
  }

  @Test func handComputedCurve() throws {
    // Pairs of a positive and a negative: 4 > 3, 4 > 1, 2 < 3, 2 > 1: three of four.
    let curve = try roc([4, 3, 2, 1], [true, false, true, false])
    #expect(curve.areaUnderCurve == 0.75)
    #expect(curve.equalErrorRate == 0.5)
    #expect(curve.points.count == 5)
  }

  @Test func tiesCountHalf() throws {
    #expect(try roc([1, 1, 1, 1], [true, false, true, false]).areaUnderCurve == 0.5)
    #expect(try roc([1, 1, 1, 1], [true, false, true, false]).equalErrorRate == 0.5)
    // 2 > 1, 2 = 2, 1 = 1, 1 < 2: (1 + ½ + ½ + 0) / 4.
    #expect(try roc([2, 1, 2, 1], [true, true, false, false]).areaUnderCurve == 0.5)
    // 3 > 2, 3 > 1, 2 = 2, 2 > 1: 3.5 / 4. From (0, ½) to (½, 1): equal where x = ½ − x, so ¼.
    let curve = try roc([3, 2, 2, 1], [true, true, false, false])
    #expect(curve.areaUnderCurve == 0.875)
    #expect(curve.equalErrorRate == 0.25)
  }

  @Test func perfectAndInverted() throws {
    #expect(try roc([2, 1], [true, false]).areaUnderCurve == 1)
    #expect(try roc([2, 1], [true, false]).equalErrorRate == 0)
    #expect(try roc([2, 1], [false, true]).areaUnderCurve == 0)
    #expect(try roc([2, 1], [false, true]).equalErrorRate == 1)
    #expect(ReceiverOperatingCharacteristic(scores: [1, 2], labels: [true, true]) == nil)
  }

  @Test func agreesWithCountingPairsAndIgnoresMonotoneTransforms() throws {
    var random = SplitMix64(seed: 2)
    for _ in 0..<50 {
      let scores = (0..<60).map { _ in Float(Int.random(in: 0...20, using: &random)) }
      let labels = [true, false] + (0..<58).map { _ in Bool.random(using: &random) }
      let curve = try roc(scores, labels)
      var wins = 0.0
      var pairs = 0.0
      for (positive, isPositive) in zip(scores, labels) where isPositive {
        for (negative, isOther) in zip(scores, labels) where !isOther {
          pairs += 1
          wins += positive > negative ? 1 : positive == negative ? 0.5 : 0
        }
      }
      #expect(abs(curve.areaUnderCurve - wins / pairs) < 1e-12)
      let transformed = try roc(scores.map { exp($0 / 5) - 7 }, labels)
      #expect(transformed == curve)
    }
  }

  @Test func protocolsDifferAsTheyShould() throws {
    // Within each clip the order is perfect, but the second clip is all louder than the first.
    let evaluation = FrameEvaluation([
      .init(scores: [0, 0, 1], labels: [false, false, true]),
      .init(scores: [5, 5, 9], labels: [false, false, true]),
      .init(scores: [3, 3], labels: [true, true]),
    ])
    #expect(evaluation.meanClipAreaUnderCurve == 1)
    #expect(evaluation.oneClassClipCount == 1)
    // Pooled, the clip of equal scores is all 0, as the negatives: (2·4·1 + 2·4·½) / 16.
    #expect(evaluation.pooled?.areaUnderCurve == 0.75)
    // Raw: 1 beats 2 of 4, 9 beats 4, 3 beats 2 twice: 10 / 16.
    #expect(evaluation.raw?.areaUnderCurve == 0.625)
    #expect(FrameEvaluation([]).pooled == nil)
  }

  @Test func eventsMatchByHalfOfTheShorter() {
    func match(_ detected: [Range<Int>], _ truth: [Range<Int>]) -> EventMatch {
      EventMatch(detected: detected, true: truth)
    }
    // Exactly half is not more than half.
    #expect(match([0..<10], [5..<100]) == EventMatch(falsePositives: 1, missed: 1))
    #expect(match([0..<10], [4..<100]) == EventMatch(truePositives: 1))
    // The second hit of the same does not count.
    #expect(match([0..<10, 20..<30], [0..<40]) == EventMatch(truePositives: 1))
    #expect(match([0..<10], []) == EventMatch(falsePositives: 1))
    #expect(match([], [0..<10]) == EventMatch(missed: 1))
    #expect(match([0..<100], [10..<20, 50..<60]) == EventMatch(truePositives: 2))
    var sum = match([0..<10], [])
    sum += match([], [0..<10])
    #expect(sum == EventMatch(falsePositives: 1, missed: 1))
    #expect([false, true, true, false, true].trueIntervals == [1..<3, 4..<5])
  }

  @Test func pixelCriterionTakesFortyPercent() {
    // 10 irregular pixels in three cells: 3 of them are too few, 3 and 1 are enough.
    #expect(
      PixelCriterion.score(cells: [0.9, 0.2, 0.5, 0.7], truth: .init([3, 6, 1, 0], isIrregular: true)) == 0.5)
    #expect(
      PixelCriterion.score(cells: [0.9, 0.2, 0.5, 0.7], truth: .init([4, 5, 1, 0], isIrregular: true)) == 0.9)
    // A regular frame is positive as soon as anything is marked.
    #expect(
      PixelCriterion.score(cells: [0.9, 0.2, 1.5, 0.7], truth: .init([0, 0, 0, 0], isIrregular: false)) == 1.5
    )
  }

  @Test func labelsAreReadInAnyOrder() throws {
    let labels = try FrameLabels(
      parsing: "clip,frame_index,anomalous\r\ntest/01,1,1\r\ntest/01,0,0\r\n\r\ntest/02,0,1\r\n", file: "f")
    #expect(labels.clips == ["test/01": [false, true], "test/02": [true]])
  }

  @Test(arguments: [
    ("a,0,0\na,1", 2, "2 fields"), ("a,x,0", 1, "\"x\""), ("a,-1,0", 1, "\"-1\""), ("a,0,2", 1, "\"2\""),
    (",0,1", 1, "no name"), ("a,0,1\nb,0,1\na,0,0", 3, "line 1"), ("a,0,1\na,2,0", 2, "frame 1 of a"),
  ])
  func badLabelsNameTheirLine(text: String, line: Int, reason: String) throws {
    let error = try #require(throws: AnomalyError.self) {
      try FrameLabels(parsing: text, file: "labels.csv")
    }
    #expect(error.description.hasPrefix("labels.csv:\(line): "))
    #expect(error.description.contains(reason))
  }

  @Test func aMissingLabelFileIsNamed() throws {
    let error = try #require(throws: AnomalyError.self) {
      try FrameLabels(contentsOf: URL(filePath: "/nowhere/labels.csv"))
    }
    #expect(error.description.contains("/nowhere/labels.csv"))
  }

  @Test(.enabled(if: TestData.has("ucsd_ped2/frame_labels.csv"))) func realLabels() throws {
    let file = try #require(TestData.url("ucsd_ped2/frame_labels.csv"))
    let labels = try FrameLabels(contentsOf: file)
    #expect(labels.clips.count == 12)
    #expect(labels.clips.values.map(\.count).reduce(0, +) == 2010)
    #expect(labels.clips.values.map { $0.count(where: \.self) }.reduce(0, +) == 1648)
  }
}
