import Decode
import ReID
import TestKit
import Testing

/// The whole tracker on scenes in which it is known who is who.
@Suite struct SyntheticTrackingTests {
  struct Result {
    var metrics: [TrackingMetrics] = []
    var idf1: Double { metrics.reduce(0) { $0 + $1.idf1 } / Double(metrics.count) }
    var mota: Double { metrics.reduce(0) { $0 + $1.mota } / Double(metrics.count) }
    var switches: Int { metrics.reduce(0) { $0 + $1.identitySwitches } }
  }

  private let seeds: ClosedRange<UInt64> = 1...20

  private func result(_ scene: SyntheticScene, parameters: TrackerParameters?) throws -> Result {
    var result = Result()
    for seed in seeds {
      let people = scene.people(seed: seed)
      var generator = SplitMix64(seed: seed)
      var tracker = Tracker(parameters: parameters ?? TrackerParameters())
      var greedy = GreedyTracker()
      var tracked: [[TrackingMetrics.Sighting]] = []
      for seconds in people.times {
        let detections = people.detections(at: seconds, generator: &generator)
        let time = Duration.seconds(seconds)
        if parameters == nil {
          tracked.append(greedy.update(detections, at: time))
        } else {
          _ = try tracker.update(detections, at: time, in: SyntheticPeople.picture)
          tracked.append(
            tracker.tracks.filter { $0.state == .confirmed }.map { .init(identity: $0.ordinal, box: $0.box) })
        }
      }
      result.metrics.append(TrackingMetrics(truth: people.times.map(people.truth), tracked: tracked))
    }
    return result
  }

  @Test(arguments: SyntheticScene.allCases)
  func explore(_ scene: SyntheticScene) throws {
    var variants: [(String, TrackerParameters?)] = [("greedy", nil), ("full", TrackerParameters())]
    var p = TrackerParameters()
    p.lowScore = p.highScore
    variants.append(("no2nd", p))
    func add(_ name: String, _ change: (inout TrackerParameters) -> Void) {
      var p = TrackerParameters()
      change(&p)
      variants.append((name, p))
    }
    add("patience3") { $0.patience = .seconds(3) }
    add("patience1.5") { $0.patience = .seconds(1.5) }
    add("low.3") { $0.leastOverlapOfLowScore = 0.3 }
    add("low.5") { $0.leastOverlapOfLowScore = 0.5 }
    add("low.2") { $0.leastOverlapOfLowScore = 0.2 }
    add("confirm2") { $0.confirmingDetections = 2 }
    add("ov.3") { $0.leastOverlap = 0.3 }
    add("ov.15") { $0.leastOverlap = 0.15 }
    add("size.1") { $0.noise.size_heights = 0.1 }
    add("growth0.2") { $0.noise.growthWander_heightsPerSecond = 0.2 }
    add("tentpat1") { $0.tentativePatience = .seconds(1) }
    for (name, parameters) in variants {
      let r = try result(scene, parameters: parameters)
      print(
        "RES \(scene.rawValue) \(name) idf1 \((r.idf1 * 1000).rounded() / 1000) switches \(r.switches) mota \((r.mota * 1000).rounded() / 1000)"
      )
    }
  }
}
