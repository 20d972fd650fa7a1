public import Decode

/// Scores a clip frame by frame for an evaluation: as the pipeline does, and what else is asked of a benchmark.
public final class ClipScorer {
  private struct Moment {
    let sourceIndex: Int
    let presentationTime: Duration
    /// Whether the frame came with motion of its own. To one without, the stream lends the next frame's.
    let hasMotion: Bool
    /// The appearance that was known when the frame came.
    var knownAppearance: Float?
    /// The motion that was known when the frame came.
    var knownMotion: Float?
    var scored: ScoredFrame?
  }

  private let scorer: FrameScorer
  private let calibration: Calibration
  private let irregularTruth: (_ sourceIndex: Int) throws -> PixelCriterion.Truth?
  private var detector = EventDetector()
  private var events: [Event] = []
  private var moments: [Moment] = []
  private var sources = SourceFrames()
  private var lastAppearance: Float?

  /// A scorer of one clip.
  ///
  /// - Parameter irregularTruth: what is truly irregular in a frame of the source; nil without masks.
  public init(
    reconstructor: any CubeReconstructor, calibration: Calibration,
    irregularTruth: @escaping (_ sourceIndex: Int) throws -> PixelCriterion.Truth? = { _ in nil }
  ) throws(AnomalyError) {
    scorer = try FrameScorer(reconstructor: reconstructor, calibration: calibration)
    self.calibration = calibration
    self.irregularTruth = irregularTruth
  }

  /// Takes the next frame.
  public func add(_ frame: Frame) throws {
    sources.append(frame.sourceIndex)
    let hasMotion = !frame.isDamaged && frame.knownMotion != nil
    moments.append(
      Moment(
        sourceIndex: frame.sourceIndex, presentationTime: frame.presentationTime, hasMotion: hasMotion))
    take(try scorer.add(frame))
    moments[moments.count - 1].knownAppearance = lastAppearance
  }

  /// The scores of all frames; `frameCount` is how many the source has.
  public func finish(frameCount: Int) throws -> ClipScores {
    take(try scorer.finish())
    note(detector.finish())
    noteKnownMotion()
    var scores = ClipScores()
    scores.unscoredFrameCount = moments.count { $0.scored == nil }
    scores.seconds = seconds
    scores.irregularity = spread(frameCount) { $0.scored?.irregularity }
    scores.causal = spread(frameCount, causal, first: 0)
    scores.appearance = spread(frameCount) { $0.scored?.judgement?.appearance }
    scores.totalError = spread(frameCount) { $0.scored?.judgement?.totalError }
    // A clip too short to be scored does not say that its source knows no motion.
    let judgements = moments.compactMap { $0.scored?.judgement }
    if calibration.motion != nil, judgements.isEmpty || judgements.contains(where: { $0.motion != nil }) {
      scores.motion = spread(frameCount) { $0.scored?.judgement?.motion }
    }
    scores.pixel = try pixelScores(frameCount)
    scores.alerts = events.filter { $0.kind == .irregular }.map { event in
      sourceIndex(at: event.start)..<max(sourceIndex(at: event.start), sourceIndex(at: event.end)) + 1
    }
    return scores
  }

  private func take(_ frames: [ScoredFrame]) {
    for frame in frames {
      moments[frame.frameIndex].scored = frame
      if let judgement = frame.judgement { lastAppearance = judgement.appearance }
      note(detector.add(frame))
    }
  }

  private func note(_ updates: [EventUpdate]) {
    for case .closed(let event) in updates { events.append(event) }
  }

  /// A frame's own motion is judged with its cube, but was known when the frame came.
  private func noteKnownMotion() {
    var known: Float?
    for index in moments.indices {
      if moments[index].hasMotion { known = moments[index].scored?.judgement?.motion ?? known }
      moments[index].knownMotion = known
    }
  }

  private func causal(_ moment: Moment) -> Float? {
    guard let scored = moment.scored else { return nil }
    guard scored.judgement != nil else { return scored.irregularity }
    guard let value = [moment.knownMotion, moment.knownAppearance].compactMap(\.self).max() else { return 0 }
    return calibration.irregularity(ofFrameValue: value)
  }

  private func pixelScores(_ frameCount: Int) throws -> [Float]? {
    var scores: [Float] = []
    let cells = sources.owners(frameCount).map { moments[$0].scored?.judgement?.cells.values }
    for (sourceIndex, cells) in cells.enumerated() {
      guard let truth = try irregularTruth(sourceIndex) else { return nil }
      scores.append(cells.map { PixelCriterion.score(cells: $0, truth: truth) } ?? 0)
    }
    return scores.isEmpty ? nil : scores
  }

  private func spread(_ frameCount: Int, _ value: (Moment) -> Float?, first: Float? = nil) -> [Float] {
    sources.spread(moments.map(value), over: frameCount, first: first)
  }

  private func sourceIndex(at time: Duration) -> Int {
    moments.last { $0.presentationTime <= time }?.sourceIndex ?? 0
  }

  private var seconds: Double {
    guard let last = moments.last, moments.count > 1 else { return 0 }
    return last.presentationTime / .seconds(1) * Double(moments.count) / Double(moments.count - 1)
  }
}
