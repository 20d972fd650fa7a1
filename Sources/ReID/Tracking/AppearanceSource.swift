/// Tells a tracker how alike detections of the present frame and its tracks look.
///
/// Asked only where motion does not say who is who, because looking is dear.
public protocol AppearanceSource {
  /// The similarity (cosine, −1…1) of each pair, in their order; nil where it cannot be told, for instance because
  /// somebody else stands in front.
  func similarities(of pairs: [AppearancePair]) throws -> [Float?]

  /// Whether a detection, by its index among those of the frame, shows enough of one person alone to be looked at; where
  /// not, no similarity of it can be told.
  func canTell(_ detection: Int) -> Bool
}

/// A detection and a track that may be one person.
public struct AppearancePair: Sendable, Hashable {
  /// The index of the detection among those of the frame.
  public let detection: Int
  /// The ordinal of the track.
  public let ordinal: Int

  /// A pair.
  public init(detection: Int, ordinal: Int) {
    self.detection = detection
    self.ordinal = ordinal
  }
}
