import Decode

/// What a tracker asks an `AppearanceSource`.
extension Tracker {
  /// Moves the costs of pairs that overlap alone leaves open by what they look like. No pair becomes possible by that,
  /// and none impossible.
  func settle(
    _ costs: inout [[Double]], of ordinals: [Int], _ frame: TrackedFrame, limit: Double,
    appearance: any AppearanceSource
  ) throws {
    let open = openPairs(costs, limit: limit)
    guard !open.isEmpty else { return }
    let similarities = try appearance.similarities(
      of: open.map {
        AppearancePair(detection: frame.candidates[$0.column].index, ordinal: ordinals[$0.row])
      })
    let known = similarities.compactMap(\.self)
    // One pair alone compares with nothing.
    guard known.count > 1 else { return }
    let mean = known.reduce(0, +) / Float(known.count)
    for (pair, similarity) in zip(open, similarities) {
      guard let similarity else { continue }
      let moved = costs[pair.row][pair.column] - parameters.appearanceWeight * Double(similarity - mean)
      costs[pair.row][pair.column] = min(moved, limit.nextDown)
    }
  }

  /// The possible pairs that cost about as much as another of the same row or column.
  private func openPairs(_ costs: [[Double]], limit: Double) -> [(row: Int, column: Int)] {
    func rivals(_ values: some Sequence<Double>, _ cost: Double) -> Int {
      values.count { $0 < limit && abs($0 - cost) < parameters.ambiguousOverlap } - 1
    }
    return costs.indices.flatMap { row in
      costs[row].indices.compactMap { column in
        let cost = costs[row][column]
        guard cost < limit, rivals(costs[row], cost) + rivals(costs.lazy.map { $0[column] }, cost) > 0 else {
          return nil
        }
        return (row, column)
      }
    }
  }

  /// Asks what people look like who met and are apart again, and lets them change places where each looks like the other.
  mutating func settleMeetings(_ frame: inout TrackedFrame, appearance: any AppearanceSource) throws {
    noteMeetings(at: frame.time)
    for meeting in meetings.keys.sorted() {
      guard let (first, second) = apart(meeting, frame),
        let firstDetection = frame.detection(of: meeting.first),
        let secondDetection = frame.detection(of: meeting.second),
        appearance.canTell(firstDetection), appearance.canTell(secondDetection)
      else { continue }
      let similarities = try appearance.similarities(of: [
        AppearancePair(detection: firstDetection, ordinal: meeting.first),
        AppearancePair(detection: secondDetection, ordinal: meeting.second),
        AppearancePair(detection: firstDetection, ordinal: meeting.second),
        AppearancePair(detection: secondDetection, ordinal: meeting.first),
      ]).compactMap(\.self)
      guard similarities.count == 4 else { continue }
      meetings[meeting] = nil
      let advantage = similarities[2] + similarities[3] - similarities[0] - similarities[1]
      // Where it is not clear who is who, it is not clear either who is a stranger to whom.
      guard abs(advantage) > parameters.exchangeAdvantage else { continue }
      let isExchanged = advantage > 0
      for place in isExchanged ? [0, 1] : [2, 3] { strangers.note(similarities[place]) }
      if isExchanged { exchange(first, second, meeting, &frame) }
    }
  }

  /// How much of one of two people covers the other at most before they count as apart, and from which on they met.
  private static let (mostApart, leastTogether) = (0.05, 0.4)

  /// Notes who is close to whom, and forgets who parted long ago, or is gone.
  private mutating func noteMeetings(at time: Duration) {
    let followed = people.indices.filter {
      people[$0].state != .tentative && isFollowed(people[$0], at: time)
    }
    for (place, first) in followed.enumerated() {
      for second in followed[(place + 1)...] where closeness(first, second) >= Self.leastTogether {
        meetings[Meeting(people[first].ordinal, people[second].ordinal)] = time
      }
    }
    let known = Set(people.map(\.ordinal))
    meetings = meetings.filter {
      time - $0.value <= parameters.patience && known.contains($0.key.first) && known.contains($0.key.second)
    }
  }

  /// The places of two people who met, where both are seen in this frame, apart from each other.
  private func apart(_ meeting: Meeting, _ frame: TrackedFrame) -> (first: Int, second: Int)? {
    guard let first = people.firstIndex(where: { $0.ordinal == meeting.first }),
      let second = people.firstIndex(where: { $0.ordinal == meeting.second }),
      people[first].lastSeen == frame.time, people[second].lastSeen == frame.time,
      closeness(first, second) < Self.mostApart
    else { return nil }
    return (first, second)
  }

  /// How much one of two people is covered by the other, 0…1, where they should be.
  private func closeness(_ first: Int, _ second: Int) -> Double {
    guard let a = people[first].box, let b = people[second].box else { return 0 }
    return max(a.share(coveredBy: b), b.share(coveredBy: a))
  }

  private mutating func exchange(_ first: Int, _ second: Int, _ meeting: Meeting, _ frame: inout TrackedFrame)
  {
    var other = people[second]
    people[first].changePlaces(with: &other)
    people[second] = other
    frame.exchange(meeting.first, meeting.second)
    // Whom they met on the way, their paths have met.
    meetings = Dictionary(uniqueKeysWithValues: meetings.map { ($0.key.exchanging(meeting), $0.value) })
  }

  /// Matches the free candidates with lost people by what they look like.
  ///
  /// Whoever is seen elsewhere in this frame is somebody else. So where it matters these are looked at too, and a lost person
  /// must be more like the candidate than such people are.
  mutating func matchReturning(_ frame: inout TrackedFrame, appearance: any AppearanceSource) throws {
    let lost = people.indices.filter { frame.isFree[$0] && people[$0].state == .lost }
    let pairs = lost.enumerated().flatMap { row, index in
      frame.candidates.indices.filter { column in
        frame.standsApart(frame.candidates[column])
          && canBe(frame.candidates[column].box, people[index], frame)
      }.map { (row: row, column: $0) }
    }
    guard !pairs.isEmpty else { return }
    let similarities = try appearance.similarities(
      of: pairs.map {
        AppearancePair(detection: frame.candidates[$0.column].index, ordinal: people[lost[$0.row]].ordinal)
      })
    let alike = zip(pairs, similarities).compactMap { pair, similarity in
      similarity.flatMap { $0 >= parameters.reentrySimilarity ? (pair: pair, similarity: $0) : nil }
    }
    guard !alike.isEmpty else { return }
    try learnStrangers(
      from: Set(alike.map(\.pair.column)).sorted().map { frame.candidates[$0].index }, frame, appearance)
    let least = strangers.exceptional ?? -1
    var costs = lost.map { _ in frame.candidates.map { _ in Double.infinity } }
    for (pair, similarity) in alike where similarity >= least {
      costs[pair.row][pair.column] = 1 - Double(similarity)
    }
    let partners = optimalAssignment(costs: costs, columns: frame.candidates.count, limit: 2.1)
    for (index, column) in zip(lost, partners) {
      guard let column else { continue }
      let candidate = frame.candidates[column]
      people[index].reenter(
        candidate.box, at: frame.time, picture: frame.picture, noise: parameters.noise)
      frame.take(candidate, by: index, of: people[index], before: .lost)
    }
    frame.candidates = frame.candidates.enumerated().filter { !partners.contains($0.offset) }.map(\.element)
  }

  /// Compares detections of nobody yet with those who are seen elsewhere in the frame, and of whom it is settled who they are.
  private mutating func learnStrangers(
    from detections: [Int], _ frame: TrackedFrame, _ appearance: any AppearanceSource
  ) throws {
    let unsettled = Set(meetings.keys.flatMap { [$0.first, $0.second] })
    let present = people.indices.filter {
      !frame.isFree[$0] && people[$0].state == .confirmed && !unsettled.contains(people[$0].ordinal)
    }
    let pairs = detections.flatMap { detection in
      present.map { AppearancePair(detection: detection, ordinal: people[$0].ordinal) }
    }
    guard !pairs.isEmpty else { return }
    for similarity in try appearance.similarities(of: pairs).compactMap(\.self) { strangers.note(similarity) }
  }

  /// Whether a lost person can have come to a box, by its place and its size.
  private func canBe(_ box: Box, _ person: FollowedPerson, _ frame: TrackedFrame) -> Bool {
    let last = person.lastBox
    let ratio = box.height / last.height
    guard ratio > 0.5, ratio < 2 else { return false }
    let aspect = Double(frame.picture.width) / Double(frame.picture.height)
    let across = (box.x + box.width / 2 - last.x - last.width / 2) * aspect
    let down = box.y + box.height / 2 - last.y - last.height / 2
    let heights = (across * across + down * down).squareRoot() / max(box.height, last.height)
    let seconds = (frame.time - person.lastSeen).inSeconds
    return heights <= 1 + parameters.reentrySpeed_heightsPerSecond * seconds
  }
}
