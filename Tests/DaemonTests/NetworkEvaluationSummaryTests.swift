import Anomaly
import Testing

@testable import Daemon

@Suite struct NetworkEvaluationSummaryTests {
  /// One irregular frame, which each way of counting ranks otherwise among three regular ones.
  private let clips = [
    FrameEvaluation.Clip(scores: [1, 2], labels: [false, true]),
    FrameEvaluation.Clip(scores: [10, 11], labels: [false, false]),
  ]

  @Test func eachCurveIsOfItsOwnNormalisation() {
    let channel = NetworkEvaluationSummary.Channel(clips)
    // (e − min) / max: 0, 0.5 and 0, 0.09.
    #expect(channel.paper.auc == 1)
    // (e − min) / (max − min): 0, 1 and 0, 1.
    #expect(abs((channel.minMax.auc ?? 0) - 2.5 / 3) < 1e-12)
    // As they are: above one of three.
    #expect(abs((channel.raw.auc ?? 0) - 1.0 / 3) < 1e-12)
  }
}
