import Decode
import ReID
import Testing

@Suite struct TrackingMetricsTests {
  typealias Sighting = TrackingMetrics.Sighting

  /// Somebody at one of a row of places that do not overlap.
  private func at(_ place: Int, _ identity: Int) -> Sighting {
    Sighting(identity: identity, box: Box(x: Double(place) * 0.1, y: 0, width: 0.1, height: 0.2))
  }

  @Test func aPerfectTrackScoresOne() {
    let truth = (0..<4).map { [at($0, 1), at($0 + 1, 2)] }
    let tracked = (0..<4).map { [at($0, 20), at($0 + 1, 10)] }
    let metrics = TrackingMetrics(truth: truth, tracked: tracked)
    #expect(metrics.idf1 == 1)
    #expect(metrics.mota == 1)
    #expect(metrics.identitySwitches == 0)
  }

  @Test func aTrackThatBreaksCountsForItsLongerPart() {
    // Ten frames, track 7 has the first six, track 8 the last four: 2·6/(10 + 10).
    let truth = (0..<10).map { _ in [at(0, 1)] }
    let tracked = (0..<10).map { [at(0, $0 < 6 ? 7 : 8)] }
    let metrics = TrackingMetrics(truth: truth, tracked: tracked)
    #expect(metrics.identityTruePositives == 6)
    #expect(metrics.idf1 == 0.6)
    #expect(metrics.identitySwitches == 1)
    #expect(metrics.mota == 0.9)
  }

  @Test func aTrackThatGoesOverToAnotherPersonCountsForOne() {
    // One track has person 1 for six frames, then person 2 for four: it can be only one of them.
    let truth = (0..<10).map { _ in [at(0, 1), at(3, 2)] }
    let tracked = (0..<10).map { [at($0 < 6 ? 0 : 3, 7)] }
    let metrics = TrackingMetrics(truth: truth, tracked: tracked)
    #expect(metrics.identityTruePositives == 6)
    #expect(metrics.idf1 == 2 * 6.0 / (20 + 10))
    #expect(metrics.misses == 10)
    #expect(metrics.identitySwitches == 0)
  }

  @Test func theChoiceOfIdentitiesIsGlobal() {
    // Person 1 agrees with track 7 in 5 frames and with 8 in 4; person 2 with 7 in 4, with 8 in none.
    // Greedy takes 5 and is left with 0; the best is 4 + 4.
    let truth =
      (0..<5).map { _ in [at(0, 1)] } + (0..<4).map { _ in [at(0, 1)] } + (0..<4).map { _ in [at(0, 2)] }
    let tracked =
      (0..<5).map { _ in [at(0, 7)] } + (0..<4).map { _ in [at(0, 8)] } + (0..<4).map { _ in [at(0, 7)] }
    let metrics = TrackingMetrics(truth: truth, tracked: tracked)
    #expect(metrics.identityTruePositives == 8)
  }

  @Test func missesAndFalsePositivesAreCounted() {
    let metrics = TrackingMetrics(
      truth: [[at(0, 1)], [at(0, 1)], []], tracked: [[at(0, 5)], [], [at(4, 5)]])
    #expect(metrics.misses == 1)
    #expect(metrics.falsePositives == 1)
    #expect(metrics.mota == 0)
    #expect(metrics.idf1 == 0.5)
  }

  @Test func exactlyHalfOverlapIsEnoughAndLessIsNot() {
    let person = Sighting(identity: 1, box: Box(x: 0, y: 0, width: 0.25, height: 0.5))
    let half = Sighting(identity: 1, box: Box(x: 0, y: 0, width: 0.25, height: 0.25))
    let less = Sighting(identity: 1, box: Box(x: 0, y: 0, width: 0.25, height: 0.24))
    #expect(TrackingMetrics(truth: [[person]], tracked: [[half]]).idf1 == 1)
    #expect(TrackingMetrics(truth: [[person]], tracked: [[less]]).idf1 == 0)
    #expect(TrackingMetrics(truth: [[person]], tracked: [[half]]).misses == 0)
  }

  @Test func aPersonKeepsTheirTrackThoughAnotherFitsBetter() {
    let person = Sighting(identity: 1, box: Box(x: 0, y: 0, width: 0.1, height: 0.2))
    let near = Sighting(identity: 7, box: Box(x: 0.02, y: 0, width: 0.1, height: 0.2))
    let exact = Sighting(identity: 8, box: person.box)
    let metrics = TrackingMetrics(truth: [[person], [person]], tracked: [[near], [near, exact]])
    #expect(metrics.identitySwitches == 0)
    #expect(metrics.falsePositives == 1)
  }

  @Test func nothingAtAllIsPerfect() {
    #expect(TrackingMetrics(truth: [[]], tracked: [[]]).idf1 == 1)
    #expect(TrackingMetrics(truth: [], tracked: []).mota.isNaN)
  }
}
