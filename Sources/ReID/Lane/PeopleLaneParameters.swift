/// How often and where a lane looks for people, and what it keeps of them.
public struct PeopleLaneParameters: Sendable, Hashable {
  /// Searches per second of media time.
  public var searchesPerSecond: Double
  /// How long nothing is searched for at most while nothing moves and nobody is followed.
  public var longestPause: Duration
  /// Where people count.
  public var zones: DetectionZones
  /// The tracker's.
  public var tracker: TrackerParameters
  /// Crops that make an embedding.
  public var cropsPerTrack: Int
  /// Time between two crops of one track.
  public var cropSpacing: Duration
  /// Crops that go through the embedder at a time.
  public var cropsPerBatch: Int
  /// How long a track that ended can still be asked for by `PeopleLane.tracks(in:during:)`.
  public var memory: Duration

  /// Five searches per second, everywhere.
  public init(
    searchesPerSecond: Double = 5, longestPause: Duration = .seconds(10),
    zones: DetectionZones = DetectionZones(),
    tracker: TrackerParameters = TrackerParameters(), cropsPerTrack: Int = 4,
    cropSpacing: Duration = .milliseconds(500), cropsPerBatch: Int = 32, memory: Duration = .seconds(60)
  ) {
    precondition(
      searchesPerSecond > 0 && cropsPerTrack > 0 && cropsPerBatch > 0, "rates and counts are positive")
    self.searchesPerSecond = searchesPerSecond
    self.longestPause = longestPause
    self.zones = zones
    self.tracker = tracker
    self.cropsPerTrack = cropsPerTrack
    self.cropSpacing = cropSpacing
    self.cropsPerBatch = cropsPerBatch
    self.memory = memory
  }
}
