public import Decode

/// What kind of event it is.
public enum EventKind: String, Sendable, Hashable, Codable {
  /// Something irregular at a place in the picture.
  case irregular
  /// The whole scene changed: lights, exposure, infrared cut, a camera that is knocked or covered.
  case sceneChange
}

/// A stretch of time in which something was irregular.
public struct Event: Sendable, Hashable {
  /// What kind it is.
  public let kind: EventKind
  /// When it started, since the first frame of the source.
  public let start: Duration
  /// When it was most irregular.
  public let peak: Duration
  /// When it was last irregular; while the event is open, so far.
  public let end: Duration
  /// The frame at the peak.
  public let peakFrameIndex: Int
  /// The regularity at the peak, 0…1.
  public let regularity: Float
  /// What the irregularity at the peak comes from; nil for a scene change.
  public let evidence: Evidence?
  /// The regularity at which it alerts, 0…1.
  public let threshold: Float
  /// How irregular each place was at the peak.
  public let heatMap: HeatMap
  /// The region that stands out at the peak.
  public let box: Box
}
