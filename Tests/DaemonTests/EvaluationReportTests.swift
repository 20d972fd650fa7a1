import Foundation
import Network
import TestKit
import Testing

@testable import Anomaly
@testable import Daemon

struct EvaluationReportTests {
  private func clip(
    _ name: String, _ scores: [Float], _ labels: [Int], motion: Bool = true, pixel: Bool = false
  ) -> AnomalyEvaluation.Clip {
    var all = ClipScores()
    all.irregularity = scores
    all.causal = scores
    all.appearance = scores
    all.totalError = scores
    all.motion = motion ? scores : nil
    all.pixel = pixel ? scores : nil
    all.seconds = 10
    return AnomalyEvaluation.Clip(name: name, scores: all, labels: labels.map { $0 == 1 })
  }

  private func result(_ clips: [AnomalyEvaluation.Clip]) throws -> AnomalyEvaluationJob.Result {
    let card = AnomalyModel.Card(
      framesPerSecond: 10, cubeShape: CubeShape(), trainingData: "nothing", steps: 0, seed: 1)
    return AnomalyEvaluationJob.Result(
      evaluation: AnomalyEvaluation(clips),
      model: AnomalyModel(network: STAE(seed: 1), card: card, calibration: nil))
  }

  private func page(_ clips: [AnomalyEvaluation.Clip]) throws -> ParsedPage {
    try #require(ParsedPage(try EvaluationReport(result(clips)).html))
  }

  @Test func everyCurveHasARowAndALine() throws {
    let page = try page([clip("test/01", [4, 3, 2, 1], [1, 0, 1, 0], pixel: true)])
    #expect(page.all("tr").count == 1 + 5)
    #expect(page.all("svg", withClass: "roc").count == 1)
    // Five ROC curves and the clip's scores.
    #expect(page.all("polyline").count == 6)
    #expect(page.text.contains("75.0 %") && page.text.contains("50.0 %"))
    let curve = try #require(page.all("polyline").first?.attributes["points"])
    #expect(curve == "0.0,400.0 0.0,200.0 200.0,200.0 200.0,0.0 400.0,0.0")
  }

  @Test func labelledStretchesAreShaded() throws {
    let page = try page([
      clip("test/01", [0, 1, 2, 0, 4, 0], [0, 1, 1, 0, 1, 0]), clip("test/02", [1, 1], [0, 0]),
    ])
    let shades = page.all("rect", withClass: "truth").map { [$0.attributes["x"], $0.attributes["width"]] }
    #expect(shades == [["1", "2"], ["4", "1"]])
    // The highest score is at the top; 1, the threshold, a quarter up.
    #expect(page.all("line", withClass: "limit").first?.attributes["y1"] == "75.0")
    #expect(page.text.contains("test/01") && page.text.contains("test/02"))
  }

  @Test func whatIsNotKnownIsLeftOut() throws {
    let page = try page([clip("test/01", [1, 2], [0, 1], motion: false)])
    #expect(page.all("tr").count == 1 + 3)
    #expect(!page.text.contains("motion alone") && !page.text.contains("pixel level, raw"))
    let regular = try self.page([clip("test/01", [1, 2], [0, 0])])
    #expect(regular.all("tr").count == 1)
    #expect(try self.page([]).all("svg", withClass: "clip").isEmpty)
    #expect(try self.page([clip("empty", [], [])]).all("svg", withClass: "clip").count == 1)
  }

  @Test func namesAreHarmless() throws {
    let evil = "x</h3><script>alert(\"1\")</script>'&amp;\u{1}"
    let page = try page([clip(evil, [1, 2], [0, 1])])
    #expect(page.all("script").isEmpty)
    #expect(page.text.contains(evil.replacing("\u{1}", with: "\u{FFFD}")))
  }

  @Test func scoresThatAreNotFiniteBreakNothing() throws {
    let page = try page([clip("test/01", [0, -.infinity, 1, -3], [0, 1, 0, 1])])
    for line in page.all("polyline") {
      let points = try #require(line.attributes["points"])
      #expect(!points.contains("nan") && !points.contains("inf"))
    }
  }

  @Test func theSummaryHasEveryKeyNullWhereThereIsNoValue() throws {
    let summary = EvaluationSummary(try result([clip("test/01", [1, 2], [0, 0], motion: false)]))
    let json = try JSONEncoder().encode(summary)
    let object = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(object["pixel"] is NSNull)
    #expect((object["paper"] as? [String: Any])?["auc"] is NSNull)
    #expect((object["per_video"] as? [String: Any])?["auc"] is NSNull)
    #expect((object["channels"] as? [String: Any])?["motion"] is NSNull)
    let alerts = try #require(object["false_alerts_per_day"] as? [String: Any])
    #expect(alerts["found"] as? Double == 0 && alerts["regular_seconds"] as? Double == 10)
  }
}
