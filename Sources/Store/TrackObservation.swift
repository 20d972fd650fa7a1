/// What is known of a person who was followed by one camera, written when the track has ended.
public struct TrackObservation: Sendable, Hashable {
  /// Counts the tracks of one camera within one run, from 0. With them it is the track's natural key.
  public var ordinal: Int
  /// When the person came into view.
  public var firstSeen: Timestamp
  /// When the person was last in view.
  public var lastSeen: Timestamp
  /// In how many frames the person was found, at least 1.
  public var frameCount: Int
  /// How good the best crop is, 0…1.
  public var quality: Double
  /// When the best crop was taken.
  public var bestSeenAt: Timestamp
  /// Where the person was then.
  public var box: PictureBox
  /// Where the person went: a thinned selection in the order of time.
  public var path: [TrackPoint]

  /// A track that has ended.
  public init(
    ordinal: Int, firstSeen: Timestamp, lastSeen: Timestamp, frameCount: Int, quality: Double,
    bestSeenAt: Timestamp, box: PictureBox, path: [TrackPoint] = []
  ) {
    self.ordinal = ordinal
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.frameCount = frameCount
    self.quality = quality
    self.bestSeenAt = bestSeenAt
    self.box = box
    self.path = path
  }
}

/// Where a person was at one moment.
public struct TrackPoint: Sendable, Hashable {
  /// The moment.
  public var seenAt: Timestamp
  /// The place. Stored in steps of 1/65535 of the picture, and what reaches beyond the picture is cut off.
  public var box: PictureBox

  /// A place at a moment.
  public init(seenAt: Timestamp, box: PictureBox) {
    self.seenAt = seenAt
    self.box = box
  }
}
