/// How well a model tells irregular frames of a benchmark from regular ones, by each of the field's measures.
public struct AnomalyEvaluation: Sendable {
  /// A test clip with its scores and its labels, one of each for every frame of the source.
  public struct Clip: Sendable {
    /// What the labels call it.
    public let name: String
    /// Its scores.
    public let scores: ClipScores
    /// Whether each frame is irregular.
    public let labels: [Bool]

    /// A clip of as many scores as labels.
    public init(name: String, scores: ClipScores, labels: [Bool]) {
      precondition(scores.irregularity.count == labels.count)
      self.name = name
      self.scores = scores
      self.labels = labels
    }
  }

  /// Least persistence of a minimum of regularity to be an event (Hasan et al. 2016, for UCSD).
  private static let leastPersistence: Float = 0.3
  /// Frames that an event reaches to both sides of its minimum (Hasan et al. 2016, the text).
  private static let eventRadius = 50

  /// The clips.
  public let clips: [Clip]
  /// The scores of the pipeline, per clip.
  public let whole: FrameEvaluation
  /// The scores that can be known when each frame comes: see `ClipScores.causal`.
  public let causal: FrameEvaluation
  /// How far the regularity that can be known when each frame comes is below 1: what the paper's protocol stretches. A clip begins
  /// with a frame of which nothing is known, and which counts as regular.
  public let regularity: FrameEvaluation
  /// By appearance alone.
  public let appearance: FrameEvaluation
  /// By the sum of squared reconstruction errors over the frame.
  public let totalError: FrameEvaluation
  /// By motion alone; nil where the model or a source knows none.
  public let motion: FrameEvaluation?
  /// Whether there are masks of irregular pixels.
  public let hasMasks: Bool
  /// By the pixel criterion, raw scores; nil without masks, and where all frames are of one class.
  public let pixel: ReceiverOperatingCharacteristic?
  /// Persistence events against the labelled ones, by Hasan's rule.
  public let events: EventMatch
  /// Alerts in which no labelled frame lies.
  public let falseAlertCount: Int
  /// How long the regular frames last, in seconds.
  public let regularSeconds: Double

  /// Evaluates the clips together.
  public init(_ clips: [Clip]) {
    func evaluation(_ scores: (ClipScores) -> [Float]) -> FrameEvaluation {
      FrameEvaluation(clips.map { .init(scores: scores($0.scores), labels: $0.labels) })
    }
    self.clips = clips
    whole = evaluation(\.irregularity)
    causal = evaluation(\.causal)
    regularity = evaluation { $0.causal.map { 1 - ScoredFrame.regularity(ofIrregularity: $0) } }
    appearance = evaluation(\.appearance)
    totalError = evaluation(\.totalError)
    motion = clips.allSatisfy { $0.scores.motion != nil } ? evaluation { $0.motion ?? [] } : nil
    let pixels = clips.compactMap(\.scores.pixel)
    hasMasks = pixels.count == clips.count
    pixel =
      hasMasks
      ? ReceiverOperatingCharacteristic(scores: pixels.flatMap(\.self), labels: clips.flatMap(\.labels)) : nil
    events = clips.reduce(into: EventMatch()) { $0 += Self.events(of: $1) }
    falseAlertCount = clips.reduce(0) { count, clip in
      count
        + clip.scores.alerts.count { alert in
          !clip.labels[alert.clamped(to: clip.labels.indices)].contains(true)
        }
    }
    regularSeconds = clips.reduce(0) { sum, clip in
      let regular = clip.labels.count { !$0 }
      return sum + clip.scores.seconds * Double(regular) / Double(max(1, clip.labels.count))
    }
  }

  /// False alerts per camera and day on the regular frames; nil where there are none.
  public var falseAlertsPerDay: Double? {
    regularSeconds > 0 ? Double(falseAlertCount) * 86_400 / regularSeconds : nil
  }

  private static func events(of clip: Clip) -> EventMatch {
    let regularity = stretchedToUnitRange(clip.scores.irregularity).map { 1 - $0 }
    let minima = persistentMinima(of: regularity, atLeast: leastPersistence)
    return EventMatch(
      detected: grownIntervals(around: minima, radius: eventRadius, count: regularity.count),
      true: clip.labels.trueIntervals)
  }
}
