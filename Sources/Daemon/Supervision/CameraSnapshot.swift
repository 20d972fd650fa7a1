public import Store

/// What is known of a camera at one moment.
public struct CameraSnapshot: Sendable, Equatable {
  /// The camera's name.
  public let camera: String
  /// What it is doing.
  public internal(set) var state: CameraState
  /// Since when.
  public internal(set) var since: Timestamp
  /// Counts the changes of `state`.
  public internal(set) var stateChanges = 0
  /// Frames that its source gave at the analysis rate.
  public internal(set) var framesRead = 0
  /// Frames that went through its pipeline.
  public internal(set) var framesAnalysed = 0
  /// Frames that its queue dropped, because analysis is slower than the camera.
  public internal(set) var framesDropped = 0
  /// Connections that gave at least one frame.
  public internal(set) var connections = 0
  /// Alerts raised.
  public internal(set) var alerts = 0
  /// Why the last connection ended, without credentials; nil before the first did.
  public internal(set) var lastError: String?
}
