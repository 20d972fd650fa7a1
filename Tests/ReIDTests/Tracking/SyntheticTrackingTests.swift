import Decode
import ReID
import TestKit
import Testing

/// The whole tracker on scenes in which it is known who is who.
@Suite struct SyntheticTrackingTests {
  /// Twenty draws of a scene.
  struct Result {
    var metrics: [TrackingMetrics] = []
    /// The mean.
    var idf1: Double { metrics.reduce(0) { $0 + $1.idf1 } / Double(metrics.count) }
    /// The sum.
    var switches: Int { metrics.reduce(0) { $0 + $1.identitySwitches } }
  }

  /// What a tracker must reach, and a plain one must not.
  struct Bar {
    let scene: SyntheticScene
    let idf1: Double
    let switches: Int
  }

  static let bars = [
    Bar(scene: .crossings, idf1: 0.87, switches: 25), Bar(scene: .wall, idf1: 0.92, switches: 3),
    Bar(scene: .misses, idf1: 0.74, switches: 42), Bar(scene: .falseAlarms, idf1: 0.89, switches: 15),
    Bar(scene: .comings, idf1: 0.88, switches: 32), Bar(scene: .unsteady, idf1: 0.85, switches: 20),
    Bar(scene: .everything, idf1: 0.67, switches: 58),
  ]

  /// Feeds twenty draws of a scene to a tracker that is made anew for each.
  private func result(
    _ scene: SyntheticScene, looks: KnownLooks? = nil,
    makeTracker: () -> ([Detection], Duration) throws -> [TrackingMetrics.Sighting]
  ) throws -> Result {
    var result = Result()
    for seed in UInt64(1)...20 {
      let people = scene.people(seed: seed)
      var generator = SplitMix64(seed: seed)
      let track = makeTracker()
      let tracked = try people.times.map { seconds in
        let detections = people.detections(at: seconds, generator: &generator)
        looks?.show(detections, truth: people.truth(at: seconds))
        return try track(detections, .seconds(seconds))
      }
      result.metrics.append(TrackingMetrics(truth: people.times.map(people.truth), tracked: tracked))
    }
    return result
  }

  private func result(_ scene: SyntheticScene, parameters: TrackerParameters) throws -> Result {
    try result(scene) {
      var tracker = Tracker(parameters: parameters)
      return { detections, time in
        _ = try tracker.update(detections, at: time, in: SyntheticPeople.picture)
        return tracker.tracks.filter { $0.state == .confirmed }
          .map { .init(identity: $0.ordinal, box: $0.box) }
      }
    }
  }

  @Test(arguments: bars) func peopleKeepTheirIdentity(_ bar: Bar) throws {
    let tracker = try result(bar.scene, parameters: TrackerParameters())
    let greedy = try result(bar.scene) {
      var tracker = GreedyTracker()
      return { tracker.update($0, at: $1) }
    }
    #expect(tracker.idf1 >= bar.idf1)
    #expect(tracker.switches <= bar.switches)
    #expect(greedy.idf1 < bar.idf1 - 0.2)
    #expect(greedy.switches > 2 * bar.switches)
  }

  @Test(arguments: SyntheticScene.allCases) func lowScoresAreWorthTheirPass(_ scene: SyntheticScene) throws {
    var parameters = TrackerParameters()
    parameters.lowScore = parameters.highScore
    let without = try result(scene, parameters: parameters)
    let with = try result(scene, parameters: TrackerParameters())
    #expect(with.idf1 > without.idf1 + 0.015)
  }

  private func resultWithLooks(_ scene: SyntheticScene) throws -> Result {
    let looks = KnownLooks()
    return try result(scene, looks: looks) {
      looks.forget()
      var tracker = Tracker()
      return { detections, time in
        let update = try tracker.update(
          detections, at: time, in: SyntheticPeople.picture, appearance: looks)
        looks.note(update.matches)
        return tracker.tracks.filter { $0.state == .confirmed }
          .map { .init(identity: $0.ordinal, box: $0.box) }
      }
    }
  }

  /// Most where people turn round out of sight; nowhere do they cost more than chance does.
  @Test(arguments: SyntheticScene.allCases) func looksHelp(_ scene: SyntheticScene) throws {
    let (without, with) = (try result(scene, parameters: TrackerParameters()), try resultWithLooks(scene))
    #expect(with.idf1 > without.idf1 + (scene == .everything ? 0.05 : -0.005))
    #expect(with.switches <= without.switches)
  }
}
