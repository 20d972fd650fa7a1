/// Which tracks to read.
public struct TrackQuery: Sendable, Hashable {
  /// Only people who were in view at this moment or after it.
  public var since: Timestamp?
  /// Only tracks of this camera.
  public var camera: String?
  /// Only tracks of this run.
  public var runID: String?
  /// At most so many: the newest.
  public var limit: Int?

  /// All tracks, unless narrowed.
  public init(
    since: Timestamp? = nil, camera: String? = nil, runID: String? = nil, limit: Int? = nil
  ) {
    self.since = since
    self.camera = camera
    self.runID = runID
    self.limit = limit
  }
}
