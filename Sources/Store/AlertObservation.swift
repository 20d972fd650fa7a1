/// What a pipeline knows of an alert at one moment: written when it opens, at each new peak, and when it ends.
public struct AlertObservation: Sendable, Hashable {
  /// Counts the alerts of one camera within one run, from 0. With them it is the alert's natural key.
  public var ordinal: Int
  /// What it says.
  public var kind: AlertKind
  /// When it began.
  public var startedAt: Timestamp
  /// When regularity was lowest so far.
  public var peakedAt: Timestamp
  /// When it ended, nil while it lasts.
  public var endedAt: Timestamp?
  /// Regularity at the peak, 0…1: the lower, the less normal.
  public var regularity: Double
  /// The regularity below which an alert is raised, 0…1.
  public var threshold: Double
  /// What stands out at the peak; nil for a scene change, and where nobody knows.
  public var evidence: AlertEvidence?
  /// The region that stands out at the peak.
  public var box: PictureBox

  /// An alert as it stands now.
  public init(
    ordinal: Int, kind: AlertKind, startedAt: Timestamp, peakedAt: Timestamp, endedAt: Timestamp? = nil,
    regularity: Double, threshold: Double, evidence: AlertEvidence? = nil, box: PictureBox
  ) {
    self.ordinal = ordinal
    self.kind = kind
    self.startedAt = startedAt
    self.peakedAt = peakedAt
    self.endedAt = endedAt
    self.regularity = regularity
    self.threshold = threshold
    self.evidence = evidence
    self.box = box
  }
}
