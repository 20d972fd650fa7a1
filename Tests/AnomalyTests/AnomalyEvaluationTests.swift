import Testing

@testable import Anomaly

struct AnomalyEvaluationTests {
  private func clip(
    _ scores: [Float], _ labels: [Int], causal: [Float]? = nil, motion: [Float]? = nil, pixel: [Float]? = nil,
    alerts: [Range<Int>] = [], seconds: Double = 0
  ) -> AnomalyEvaluation.Clip {
    var all = ClipScores()
    all.irregularity = scores
    all.causal = causal ?? scores
    all.appearance = scores
    all.totalError = scores
    all.motion = motion
    all.pixel = pixel
    all.alerts = alerts
    all.seconds = seconds
    return AnomalyEvaluation.Clip(name: "test/01", scores: all, labels: labels.map { $0 == 1 })
  }

  @Test func eachMeasureIsMadeOfItsOwnScores() {
    let evaluation = AnomalyEvaluation([
      clip(
        [4, 3, 2, 1], [1, 0, 1, 0], causal: [4, 1, 3, 2], motion: [1, 2, 3, 4], pixel: [2, 1, 1, 0])
    ])
    // 4 > 3, 4 > 1, 2 > 1 of four pairs; of the causal, all; of motion, 3 > 2 only; of pixels, 1 = 1 is half.
    #expect(evaluation.whole.pooled?.areaUnderCurve == 0.75)
    #expect(evaluation.whole.meanClipAreaUnderCurve == 0.75)
    #expect(evaluation.causal.raw?.areaUnderCurve == 1)
    #expect(evaluation.appearance.raw?.areaUnderCurve == 0.75)
    #expect(evaluation.motion?.raw?.areaUnderCurve == 0.25)
    #expect(evaluation.pixel?.areaUnderCurve == 0.875)
  }

  @Test func causalScoresOfAllClipsShareOneScale() {
    // In each clip the order is perfect; the second clip is louder throughout.
    let evaluation = AnomalyEvaluation([clip([0, 1], [0, 1]), clip([5, 9], [0, 1])])
    #expect(evaluation.whole.pooled?.areaUnderCurve == 1)
    #expect(evaluation.causal.raw?.areaUnderCurve == 0.75)
  }

  /// Irregularities of 0, 1 and 3 are regularities of 1, ½ and ¼; below 0 all is regular.
  @Test func thePapersProtocolStretchesTheRegularity() {
    let evaluation = AnomalyEvaluation([
      clip([9, 9, 9], [0, 1, 1], causal: [0, 1, 3]), clip([9, 9, 9], [0, 0, 1], causal: [-2, 0, 0.5]),
    ])
    // 0, ⅔, 1; 0, 0, 1: everything irregular is above everything regular.
    #expect(evaluation.regularity.pooled?.areaUnderCurve == 1)
    // 3 > 1 > 0.5 > 0: the same, not stretched.
    #expect(evaluation.regularity.raw?.areaUnderCurve == 1)
    let loud = AnomalyEvaluation([clip([9, 9, 9], [0, 1, 0], causal: [0, 1, 3])])
    #expect(loud.regularity.pooled?.areaUnderCurve == 0.5)
  }

  @Test func thePapersEquationDividesByTheLargestError() {
    #expect(dividedByLargest([5, 5, 9]) == [0, 0, 4 / 9 as Float])
    #expect(dividedByLargest([0, 0]) == [0, 0] && dividedByLargest([]) == [])
  }

  @Test func motionAndPixelsNeedEveryClip() {
    let evaluation = AnomalyEvaluation([
      clip([0, 1], [0, 1], motion: [0, 1], pixel: [0, 1]), clip([0, 1], [0, 1]),
    ])
    #expect(evaluation.motion == nil && evaluation.pixel == nil)
  }

  @Test func clipsOfOneClassCountInThePoolOnly() {
    let evaluation = AnomalyEvaluation([
      clip([0, 1], [0, 1]), clip([3, 3], [1, 1]), clip([0, 2, 4], [0, 0, 0]),
    ])
    #expect(evaluation.whole.meanClipAreaUnderCurve == 1)
    #expect(evaluation.whole.oneClassClipCount == 2)
    // Regular: 0; 0, ½, 1. Irregular: 1; 0, 0. 1 beats three and ties one, each 0 ties two: (3½ + 1 + 1) / 12.
    #expect(abs((evaluation.whole.pooled?.areaUnderCurve ?? 0) - 5.5 / 12) < 1e-12)
    let regular = AnomalyEvaluation([clip([0, 1], [0, 0])])
    #expect(regular.whole.pooled == nil && regular.causal.raw == nil)
    #expect(regular.whole.meanClipAreaUnderCurve == nil)
  }

  @Test func alertsAreFalseWhereNoLabelledFrameLiesInThem() {
    let labels = [0, 0, 1, 1, 0, 0, 0, 0, 0, 0]
    let scores = [Float](repeating: 0, count: 10)
    let evaluation = AnomalyEvaluation([
      clip(scores, labels, alerts: [0..<2, 1..<3, 3..<6, 4..<5, 8..<20], seconds: 100),
      clip(scores, labels.map { _ in 0 }, alerts: [0..<10], seconds: 20),
    ])
    // 0…1, 4 and 8…9 of the first clip, and the second's.
    #expect(evaluation.falseAlertCount == 4)
    // Eight tenths of 100 s and all of 20 s.
    #expect(abs(evaluation.regularSeconds - 100) < 1e-9)
    #expect(abs((evaluation.falseAlertsPerDay ?? 0) - 3456) < 1e-6)
  }

  @Test func withoutARegularFrameThereIsNoRate() {
    let evaluation = AnomalyEvaluation([clip([1, 2], [1, 1], seconds: 10)])
    #expect(evaluation.falseAlertsPerDay == nil && evaluation.falseAlertCount == 0)
    let nothing = AnomalyEvaluation([])
    #expect(nothing.falseAlertsPerDay == nil && nothing.whole.pooled == nil && nothing.pixel == nil)
  }

  @Test func persistenceEventsAreMatchedClipByClip() {
    // A peak of ten frames at 300 in 600 frames: an event of 50 frames to both sides of its middle.
    var scores = [Float](repeating: 0, count: 600)
    var labels = [Int](repeating: 0, count: 600)
    for frame in 295..<305 { scores[frame] = 5 - abs(Float(frame) - 300) / 10 }
    for frame in 260..<340 { labels[frame] = 1 }
    #expect(AnomalyEvaluation([clip(scores, labels)]).events == EventMatch(truePositives: 1))
    // The same, labelled elsewhere: one is false and one is missed.
    let elsewhere = Array(labels[200...] + labels[..<200])
    #expect(
      AnomalyEvaluation([clip(scores, elsewhere)]).events == EventMatch(falsePositives: 1, missed: 1))
    #expect(
      AnomalyEvaluation([clip(scores, labels), clip(scores, elsewhere)]).events
        == EventMatch(truePositives: 1, falsePositives: 1, missed: 1))
  }
}
