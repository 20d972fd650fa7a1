/// When boxes are one person, and for how long a person who is not seen is waited for.
///
/// All times are media times, so that they mean the same at every frame rate.
public struct TrackerParameters: Sendable, Hashable {
  /// A detection of at least this score is one of the first pass, and may begin a track.
  public var highScore: Float
  /// A detection of less than this score is nothing at all.
  public var lowScore: Float
  /// A detection of at least this score may begin a track.
  public var birthScore: Float
  /// Overlap (intersection over union) of a high-score box and where its track should be.
  public var leastOverlap: Double
  /// The same for a low-score box, which has more to prove.
  public var leastOverlapOfLowScore: Double
  /// The same for a track that is not confirmed yet.
  public var leastOverlapOfTentative: Double
  /// Detections after which a track is confirmed.
  public var confirmingDetections: Int
  /// How long a track that is not confirmed may go unseen.
  public var tentativePatience: Duration
  /// How long a confirmed track may have gone unseen for a low-score box to be its person: half of somebody, near to where
  /// another was, is easily somebody else.
  public var lowScorePatience: Duration
  /// How long a confirmed track is waited for by its motion.
  public var patience: Duration
  /// How long it is waited for by its appearance, where there is an `AppearanceSource`.
  public var reentryPatience: Duration
  /// Similarity (cosine) from which a detection is a lost person who returned, if the people whom the camera shows at one
  /// time are less alike.
  public var reentrySimilarity: Float
  /// By how much two people who met must look more like each other than like themselves, in the sum of both similarities
  /// (−4…4), to have been taken for each other; and the other way round, to be strangers for certain.
  public var exchangeAdvantage: Float
  /// How fast someone may have moved while unseen to be the one who returned.
  public var reentrySpeed_heightsPerSecond: Double
  /// Two overlaps that differ by less than this leave open who is who; appearance is asked then.
  public var ambiguousOverlap: Double
  /// What one unit of similarity is worth in overlap where overlap leaves it open.
  public var appearanceWeight: Double
  /// The motion model's.
  public var noise: MotionNoise
  /// Detections taken per frame, the best first.
  public var detectionLimit: Int
  /// Tracks held at a time, lost ones included.
  public var trackLimit: Int

  /// Parameters that suit a fixed camera at 5 to 30 frames per second.
  public init(
    highScore: Float = 0.5, lowScore: Float = 0.1, birthScore: Float = 0.6, leastOverlap: Double = 0.2,
    leastOverlapOfLowScore: Double = 0.5, leastOverlapOfTentative: Double = 0.1,
    confirmingDetections: Int = 3, tentativePatience: Duration = .milliseconds(500),
    lowScorePatience: Duration = .seconds(1), patience: Duration = .seconds(2),
    reentryPatience: Duration = .seconds(10),
    reentrySimilarity: Float = 0.7, exchangeAdvantage: Float = 0.2,
    reentrySpeed_heightsPerSecond: Double = 2, ambiguousOverlap: Double = 0.15,
    appearanceWeight: Double = 0.5,
    noise: MotionNoise = MotionNoise(), detectionLimit: Int = 200, trackLimit: Int = 200
  ) {
    precondition(lowScore <= highScore && highScore <= birthScore, "scores must ascend: low, high, birth")
    precondition(confirmingDetections > 0 && detectionLimit > 0 && trackLimit > 0, "counts start at one")
    self.highScore = highScore
    self.lowScore = lowScore
    self.birthScore = birthScore
    self.leastOverlap = leastOverlap
    self.leastOverlapOfLowScore = leastOverlapOfLowScore
    self.leastOverlapOfTentative = leastOverlapOfTentative
    self.confirmingDetections = confirmingDetections
    self.tentativePatience = tentativePatience
    self.lowScorePatience = lowScorePatience
    self.patience = patience
    self.reentryPatience = reentryPatience
    self.reentrySimilarity = reentrySimilarity
    self.exchangeAdvantage = exchangeAdvantage
    self.reentrySpeed_heightsPerSecond = reentrySpeed_heightsPerSecond
    self.ambiguousOverlap = ambiguousOverlap
    self.appearanceWeight = appearanceWeight
    self.noise = noise
    self.detectionLimit = detectionLimit
    self.trackLimit = trackLimit
  }
}
