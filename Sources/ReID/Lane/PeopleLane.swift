public import Decode

/// The second lane of a camera: frames in, people out. Finds them, follows them and tells what they look like.
///
/// Searches a few times per second of media time, and only while something moves or somebody is followed. Deterministic:
/// equal frames give equal tracks. Work and memory are bounded by `TrackerParameters`; what was left out is counted.
///
/// Not `Sendable`: one thread at a time.
public final class PeopleLane {
  /// What it did so far.
  public private(set) var counters = PeopleLaneCounters()

  /// Who was seen from this time on can be asked for however long ago they ended, as many as `rememberedTracks`: what
  /// somebody sets who will ask about a span that is not over yet. Nil leaves it at `PeopleLaneParameters.memory`.
  public var remembersFrom: Duration?

  /// Tracks that can be asked for after they ended, at most.
  public static let rememberedTracks = 4096

  private let finder: any PersonFinding
  private let parameters: PeopleLaneParameters
  private var embedder: CropEmbedder?
  private var tracker: Tracker
  private var gate = MotionGate()
  private var courses: [Int: PersonCourse] = [:]
  /// Ended ones that can still be asked for, in order of their end.
  private var ended: [PersonCourse] = []
  private var lastSlot: Int?
  private var lastSearch: Duration?

  /// A lane that has seen nothing.
  ///
  /// - Parameter embedder: nil leaves tracks without embeddings, and nobody is known again who was lost for long.
  public init(
    finder: any PersonFinding, embedder: (any PersonEmbedding)? = nil,
    parameters: PeopleLaneParameters = PeopleLaneParameters()
  ) {
    self.finder = finder
    self.embedder = embedder.map { CropEmbedder($0, batch: parameters.cropsPerBatch) }
    self.parameters = parameters
    tracker = Tracker(parameters: parameters.tracker)
  }

  /// Takes the next frame, of a later presentation time than the one before, and gives the tracks that ended.
  ///
  /// - Throws: what the detector, the embedder or the conversion to color throws; `ReIDError` where the embedder gives
  ///   something unusable. The lane is not to be used any further then.
  public func process(_ frame: Frame) throws -> [PersonTrack] { try process(LaneFrame(frame)) }

  /// Ends all tracks and gives them: the stream ended, or its times start anew. Ordinals go on.
  public func finish() throws -> [PersonTrack] {
    let finished = try take(tracker.finish().changes)
    gate = MotionGate()
    lastSlot = nil
    lastSearch = nil
    return finished
  }

  /// The ordinals, ascending, of people who were in a part of the picture at some time of a span: followed now, or ended
  /// no longer than `PeopleLaneParameters.memory` ago or after `remembersFrom`, and before the times start anew.
  ///
  /// Somebody is in a part where their box has at least three tenths of the smaller of both in common with it.
  public func tracks(in box: Box, during span: ClosedRange<Duration>) -> [Int] {
    let confirmed = ended + courses.values.filter(\.isConfirmed)
    return confirmed.filter { course in
      guard let first = course.path.points.first, let last = course.path.points.last,
        first.time <= span.upperBound, last.time >= span.lowerBound
      else { return false }
      let ends = [max(first.time, span.lowerBound), min(last.time, span.upperBound)]
      let between = course.path.points.filter { span.contains($0.time) }.map(\.box)
      return (ends.compactMap(course.path.box(at:)) + between).contains { person in
        max(person.share(coveredBy: box), box.share(coveredBy: person)) >= 0.3
      }
    }.map(\.ordinal).sorted()
  }

  func process(_ frame: LaneFrame) throws -> [PersonTrack] {
    counters.frames += 1
    if lastSlot == nil { ended.removeAll() }
    gate.look(gray: frame.gray, motion: frame.motion)
    guard isDue(frame.time) else { return [] }
    forget(before: min(frame.time - parameters.memory, remembersFrom ?? frame.time))
    guard gate.hasMoved || isFollowing(at: frame.time) || hasPausedTooLong(at: frame.time) else {
      counters.searchesWithoutMotion += 1
      return []
    }
    return try search(frame)
  }

  private func forget(before time: Duration) {
    ended.removeAll { course in course.path.points.last.map { $0.time < time } ?? true }
    ended.removeFirst(max(0, ended.count - Self.rememberedTracks))
  }

  private func search(_ frame: LaneFrame) throws -> [PersonTrack] {
    let picture = try frame.colorPicture()
    counters.searches += 1
    gate.reset(gray: frame.gray)
    lastSearch = frame.time
    let found = try finder.people(in: picture)
    let detections = found.filter { parameters.zones.contain($0.box) }
    counters.detections += found.count
    counters.detectionsOutsideZones += found.count - detections.count

    let boxes = detections.map { $0.box.insidePicture ?? $0.box }
    let qualities = qualities(of: detections, boxes: boxes, in: picture.size)
    let appearance = embedder.map {
      FrameAppearance(
        picture: picture, boxes: boxes, qualities: qualities, courses: courses, embedder: $0)
    }
    let update = try tracker.update(detections, at: frame.time, in: picture.size, appearance: appearance)
    if let appearance { embedder = appearance.embedder }
    counters.refusedDetections += update.refusedDetections
    counters.droppedDetections += update.droppedDetections
    counters.droppedTracks += update.droppedTracks

    let expected = Dictionary(uniqueKeysWithValues: tracker.tracks.map { ($0.ordinal, $0.box) })
    for match in update.matches {
      let box = boxes[match.detection]
      let quality = qualities[match.detection].compared(box, with: expected[match.ordinal] ?? box)
      let course =
        courses[match.ordinal]
        ?? PersonCourse(
          ordinal: match.ordinal,
          crops: BestCrops(limit: parameters.cropsPerTrack, spacing: parameters.cropSpacing))
      courses[match.ordinal] = course
      course.note(box, quality: quality, at: frame.time, in: picture)
    }
    return try take(update.changes)
  }

  private func qualities(of detections: [Detection], boxes: [Box], in picture: PictureSize) -> [CropQuality] {
    // A box of low score hides nobody for certain, and costs time where there are very many.
    let solid = detections.indices.filter { detections[$0].score >= parameters.tracker.highScore }
      .prefix(parameters.tracker.detectionLimit)
    return detections.indices.map { index in
      CropQuality(
        box: boxes[index], score: detections[index].score,
        others: solid.lazy.filter { $0 != index }.map { boxes[$0] }, in: picture)
    }
  }

  /// Follows the news of a frame and gives the people who are gone, in ascending order of ordinal.
  private func take(_ changes: [TrackerUpdate.Change]) throws -> [PersonTrack] {
    var gone: [PersonCourse] = []
    for change in changes {
      switch change {
      case .confirmed(let ordinal): courses[ordinal]?.isConfirmed = true
      case .ended(let ordinal, _):
        if let course = courses.removeValue(forKey: ordinal), course.isConfirmed { gone.append(course) }
      case .born, .lost, .found: break
      }
    }
    gone.sort { $0.ordinal < $1.ordinal }
    try embedder?.complete(gone)
    counters.embeddedCrops = embedder?.count ?? 0
    counters.finishedTracks += gone.count
    let tracks = try gone.compactMap { try $0.track() }
    for course in gone { course.crops.crops.removeAll() }
    ended += gone
    return tracks
  }

  /// Whether it is time to search. A frame just before its time is not put off to the next.
  private func isDue(_ time: Duration) -> Bool {
    let slot = Int((time.inSeconds * parameters.searchesPerSecond + 0.25).rounded(.down))
    guard slot > lastSlot ?? -1 else { return false }
    lastSlot = slot
    return true
  }

  /// Whether somebody is in sight, or may come back any moment. Who is waited for by their looks only brings motion.
  private func isFollowing(at time: Duration) -> Bool {
    tracker.tracks.contains { $0.state != .lost || time - $0.lastSeen <= parameters.tracker.patience }
  }

  private func hasPausedTooLong(at time: Duration) -> Bool {
    lastSearch.map { time - $0 >= parameters.longestPause } ?? true
  }
}
