public import Decode

/// Follows people from frame to frame: detections in, tracks out.
///
/// First the high-score boxes are matched with where the tracks should be, then the low-score ones with the tracks that
/// are left and not lost for long (Zhang et al., "ByteTrack", ECCV 2022), each by an optimal assignment on overlap. Where an `AppearanceSource`
/// is given, it settles who is who of people who met, and a high-score box that is left and looks like somebody who was lost, more
/// than people do who are in the picture at one time, continues that track. What is left then begins new tracks.
///
/// Uses only the past. Deterministic. Time and memory are bounded by `TrackerParameters.detectionLimit` and `trackLimit`.
public struct Tracker: Sendable {
  /// The parameters.
  public let parameters: TrackerParameters

  /// In ascending order of ordinal.
  var people: [FollowedPerson] = []
  private var lastOrdinal = 0
  var strangers = StrangerSimilarities()
  /// When people were last together of whom it is not settled yet who is who.
  var meetings: [Meeting: Duration] = [:]

  /// A tracker that has seen nothing.
  public init(parameters: TrackerParameters = TrackerParameters()) {
    self.parameters = parameters
  }

  /// All tracks that have not ended, in ascending order of ordinal.
  public var tracks: [Track] { people.map(\.track) }

  /// Takes the detections of the next frame.
  ///
  /// - Parameters:
  ///   - detections: in any order; those that make no sense are refused and counted.
  ///   - time: the presentation time, later than that of the frame before. Frames may be missing.
  ///   - picture: the size of the upright picture.
  ///   - appearance: asked about this frame's detections where motion leaves open who is who.
  /// - Throws: what `appearance` throws. The tracker is not to be used any further then.
  public mutating func update(
    _ detections: [Detection], at time: Duration, in picture: PictureSize,
    appearance: (any AppearanceSource)? = nil
  ) throws -> TrackerUpdate {
    var frame = TrackedFrame(time: time, picture: picture, people: people.count)
    let accepted = frame.accept(detections, parameters: parameters)
    frame.candidates = accepted.filter { $0.score >= parameters.highScore }
    for index in people.indices where isFollowed(people[index], at: time) {
      people[index].predict(to: time, picture: picture)
    }

    try match(
      &frame, with: { $0.state != .tentative }, leastOverlap: parameters.leastOverlap, appearance: appearance)
    let high = frame.candidates
    frame.candidates = accepted.filter { $0.score < parameters.highScore }
    let patience = parameters.lowScorePatience
    try match(
      &frame, with: { $0.state != .tentative && time - $0.lastSeen <= patience },
      leastOverlap: parameters.leastOverlapOfLowScore)
    frame.candidates = high
    if let appearance {
      try settleMeetings(&frame, appearance: appearance)
      try matchReturning(&frame, appearance: appearance)
    }
    try match(
      &frame, with: { $0.state == .tentative }, leastOverlap: parameters.leastOverlapOfTentative)
    bear(&frame)
    retire(&frame, waitsForReturn: appearance != nil)
    frame.update.matches.sort { $0.detection < $1.detection }
    return frame.update
  }

  /// Ends all tracks: the stream ended. Ordinals go on after it, and how alike strangers are stays known.
  public mutating func finish() -> TrackerUpdate {
    var update = TrackerUpdate()
    update.changes = people.map { .ended($0.ordinal, wasConfirmed: $0.state != .tentative) }
    people.removeAll()
    meetings.removeAll()
    return update
  }

  /// Matches the frame's free candidates with the free people of a kind by overlap.
  private mutating func match(
    _ frame: inout TrackedFrame, with isOfKind: (FollowedPerson) -> Bool, leastOverlap: Double,
    appearance: (any AppearanceSource)? = nil
  ) throws {
    let chosen = people.indices.filter {
      frame.isFree[$0] && isOfKind(people[$0]) && isFollowed(people[$0], at: frame.time)
    }
    guard !chosen.isEmpty, !frame.candidates.isEmpty else { return }
    let limit = 1 - leastOverlap
    let boxes = frame.candidates.map(\.box)
    var costs = chosen.map { index in
      guard let expected = people[index].box else {
        return boxes.map { _ in Double.infinity }
      }
      return boxes.map { 1 - $0.intersectionOverUnion(expected) }
    }
    if let appearance {
      try settle(&costs, of: chosen.map { people[$0].ordinal }, frame, limit: limit, appearance: appearance)
    }
    let partners = optimalAssignment(costs: costs, columns: boxes.count, limit: limit)
    for (index, column) in zip(chosen, partners) {
      guard let column else { continue }
      let candidate = frame.candidates[column]
      let before = people[index].state
      people[index].see(
        candidate.box, at: frame.time, picture: frame.picture, confirming: parameters.confirmingDetections)
      frame.take(candidate, by: index, of: people[index], before: before)
    }
    frame.candidates = frame.candidates.enumerated().filter { !partners.contains($0.offset) }.map(\.element)
  }

  /// Begins tracks with the free candidates, the best first. Where there are too many, the person who is lost for
  /// longest is given up.
  private mutating func bear(_ frame: inout TrackedFrame) {
    for candidate in frame.candidates
    where candidate.score >= parameters.birthScore && frame.standsApart(candidate) {
      if people.count >= parameters.trackLimit {
        frame.update.droppedTracks += 1
        guard
          let longest = people.indices.filter({ frame.isFree[$0] && people[$0].state == .lost })
            .min(by: { people[$0].lastSeen < people[$1].lastSeen })
        else { continue }
        frame.update.changes.append(.ended(people[longest].ordinal, wasConfirmed: true))
        people.remove(at: longest)
        frame.isFree.remove(at: longest)
      }
      lastOrdinal += 1
      people.append(
        FollowedPerson(
          ordinal: lastOrdinal, box: candidate.box, time: frame.time, picture: frame.picture,
          noise: parameters.noise))
      frame.isFree.append(false)
      frame.update.matches.append(.init(detection: candidate.index, ordinal: lastOrdinal))
      frame.update.changes.append(.born(lastOrdinal))
      if parameters.confirmingDetections == 1 { frame.update.changes.append(.confirmed(lastOrdinal)) }
    }
  }

  /// Loses and ends those who were not seen.
  private mutating func retire(_ frame: inout TrackedFrame, waitsForReturn: Bool) {
    var remaining: [FollowedPerson] = []
    for (person, isFree) in zip(people, frame.isFree) {
      var person = person
      if isFree, person.state == .confirmed {
        person.lose()
        frame.update.changes.append(.lost(person.ordinal))
      }
      if isFree, isGone(person, at: frame.time, waitsForReturn: waitsForReturn) {
        frame.update.changes.append(.ended(person.ordinal, wasConfirmed: person.state != .tentative))
      } else {
        remaining.append(person)
      }
    }
    people = remaining
  }

  private func isGone(_ person: FollowedPerson, at time: Duration, waitsForReturn: Bool) -> Bool {
    let unseen = time - person.lastSeen
    if person.state == .tentative { return unseen > parameters.tentativePatience }
    if waitsForReturn { return unseen > max(parameters.patience, parameters.reentryPatience) }
    return unseen > parameters.patience || person.hasLeft
  }

  /// Whether the motion of a person still says where they are.
  func isFollowed(_ person: FollowedPerson, at time: Duration) -> Bool {
    time - person.lastSeen <= parameters.patience
  }
}
