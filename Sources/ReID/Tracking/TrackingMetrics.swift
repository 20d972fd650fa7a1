public import Decode

/// How well tracks follow known people.
///
/// Identities: Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", ECCV
/// Workshops 2016. Misses, false positives and switches: Bernardin and Stiefelhagen, "The CLEAR MOT Metrics", 2008.
public struct TrackingMetrics: Sendable, Hashable {
  /// Somebody in a frame: a person of the truth or a track.
  public struct Sighting: Sendable, Hashable {
    /// Who.
    public let identity: Int
    /// Where.
    public let box: Box

    /// A sighting.
    public init(identity: Int, box: Box) {
      self.identity = identity
      self.box = box
    }
  }

  /// Overlap (intersection over union) from which two boxes are one.
  public static let leastOverlap = 0.5

  /// Sightings of people.
  public private(set) var truthCount = 0
  /// Sightings of tracks.
  public private(set) var trackedCount = 0
  /// Sightings in which person and track agree, where each person has one track and each track one person, in all frames
  /// together, and those are chosen so that most agree.
  public private(set) var identityTruePositives = 0
  /// How often a person goes over to another track.
  public private(set) var identitySwitches = 0
  /// Sightings of people whom no track has.
  public private(set) var misses = 0
  /// Sightings of tracks that nobody is.
  public private(set) var falsePositives = 0

  /// Compares the sightings of people and of tracks, frame by frame.
  ///
  /// - Parameters:
  ///   - truth: the people of each frame, every one at most once.
  ///   - tracked: the tracks of each frame, as many frames.
  public init(truth: [[Sighting]], tracked: [[Sighting]]) {
    precondition(truth.count == tracked.count, "\(tracked.count) frames for \(truth.count)")
    var agreements: [Int: [Int: Int]] = [:]
    var lastTrack: [Int: Int] = [:]
    for (people, tracks) in zip(truth, tracked) {
      truthCount += people.count
      trackedCount += tracks.count
      for person in people {
        for track in tracks where person.box.intersectionOverUnion(track.box) >= Self.leastOverlap {
          agreements[person.identity, default: [:]][track.identity, default: 0] += 1
        }
      }
      take(people, tracks, &lastTrack)
    }
    identityTruePositives = Self.mostAgreements(agreements)
  }

  /// The share of sightings with the right identity, F1 of precision and recall, 0…1; 1 where there is nothing at all.
  public var idf1: Double {
    let all = truthCount + trackedCount
    return all == 0 ? 1 : 2 * Double(identityTruePositives) / Double(all)
  }

  /// One minus misses, false positives and switches per sighting of people: at most 1, and it may be negative. NaN where
  /// there are no people.
  public var mota: Double { 1 - Double(misses + falsePositives + identitySwitches) / Double(truthCount) }

  /// One frame by the CLEAR rules: a person keeps the track of before while the boxes overlap, the others are assigned.
  private mutating func take(
    _ people: [Sighting], _ tracks: [Sighting], _ lastTrack: inout [Int: Int]
  ) {
    var freeTracks = tracks
    var freePeople: [Sighting] = []
    for person in people {
      let kept = freeTracks.firstIndex {
        $0.identity == lastTrack[person.identity]
          && person.box.intersectionOverUnion($0.box) >= Self.leastOverlap
      }
      if let kept { freeTracks.remove(at: kept) } else { freePeople.append(person) }
    }
    let costs = freePeople.map { person in
      freeTracks.map { 1 - person.box.intersectionOverUnion($0.box) }
    }
    // Exactly the least overlap is enough.
    let limit = (1 - Self.leastOverlap).nextUp
    let partners = optimalAssignment(costs: costs, columns: freeTracks.count, limit: limit)
    for (person, column) in zip(freePeople, partners) {
      guard let column else { continue }
      let track = freeTracks[column].identity
      if let before = lastTrack[person.identity], before != track { identitySwitches += 1 }
      lastTrack[person.identity] = track
    }
    let matched = partners.count { $0 != nil }
    misses += freePeople.count - matched
    falsePositives += freeTracks.count - matched
  }

  /// The most agreements that a one-to-one choice of people and tracks has.
  private static func mostAgreements(_ agreements: [Int: [Int: Int]]) -> Int {
    let people = agreements.keys.sorted()
    let tracks = Set(agreements.values.flatMap(\.keys)).sorted()
    let counts = people.map { person in tracks.map { agreements[person]?[$0] ?? 0 } }
    let partners = optimalAssignment(
      costs: counts.map { $0.map { -Double($0) } }, columns: tracks.count, limit: 0)
    return zip(counts, partners).reduce(0) { sum, row in sum + (row.1.map { row.0[$0] } ?? 0) }
  }
}
