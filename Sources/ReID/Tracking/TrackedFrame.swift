import Decode

/// A frame while a tracker works on it: which detections and which people are still free, and what is new.
struct TrackedFrame {
  /// A detection that makes sense.
  struct Candidate {
    /// Its index among those given.
    let index: Int
    /// Its box, cut to the picture.
    let box: Box
    let score: Float
  }

  let time: Duration
  let picture: PictureSize
  /// The detections of the present pass that belong to nobody yet.
  var candidates: [Candidate] = []
  /// Whether each person is still without a detection.
  var isFree: [Bool]
  /// Where those are who were confirmed before and are seen now.
  private var confirmed: [Box] = []
  var update = TrackerUpdate()

  init(time: Duration, picture: PictureSize, people: Int) {
    self.time = time
    self.picture = picture
    isFree = Array(repeating: true, count: people)
  }

  /// The detections that make sense, best first, as many as the limit allows; counts the others.
  mutating func accept(_ detections: [Detection], parameters: TrackerParameters) -> [Candidate] {
    var accepted: [Candidate] = []
    for (index, detection) in detections.enumerated() {
      guard !detection.score.isNaN, let box = detection.box.insidePicture else {
        update.refusedDetections += 1
        continue
      }
      if detection.score >= parameters.lowScore {
        accepted.append(Candidate(index: index, box: box, score: detection.score))
      }
    }
    // Equal scores in order of place, so that the order of the detections does not matter.
    accepted.sort { ($1.score, $0.box.x, $0.box.y, $0.index) < ($0.score, $1.box.x, $1.box.y, $1.index) }
    update.droppedDetections = max(0, accepted.count - parameters.detectionLimit)
    return Array(accepted.prefix(parameters.detectionLimit))
  }

  /// Gives a detection to a person, who was in another state before.
  mutating func take(
    _ candidate: Candidate, by index: Int, of person: FollowedPerson, before state: TrackState
  ) {
    isFree[index] = false
    if state != .tentative { confirmed.append(candidate.box) }
    update.matches.append(.init(detection: candidate.index, ordinal: person.ordinal))
    switch (state, person.state) {
    case (.tentative, .confirmed): update.changes.append(.confirmed(person.ordinal))
    case (.lost, .confirmed): update.changes.append(.found(person.ordinal))
    default: break
    }
  }

  /// The index of the detection that a person was given.
  func detection(of ordinal: Int) -> Int? { update.matches.first { $0.ordinal == ordinal }?.detection }

  /// Gives two people each other's detections.
  mutating func exchange(_ first: Int, _ second: Int) {
    update.matches = update.matches.map { match in
      switch match.ordinal {
      case first: .init(detection: match.detection, ordinal: second)
      case second: .init(detection: match.detection, ordinal: first)
      default: match
      }
    }
  }

  /// Whether a detection is not just more, or less, of somebody who is known: detectors see half people and pairs. A
  /// person who really stands there is seen alone sooner or later.
  func standsApart(_ candidate: Candidate) -> Bool {
    !confirmed.contains {
      max(candidate.box.share(coveredBy: $0), $0.share(coveredBy: candidate.box)) > Self.sameShare
    }
  }

  private static let sameShare = 0.7
}
