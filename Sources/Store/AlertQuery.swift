/// Which alerts to read.
public struct AlertQuery: Sendable, Hashable {
  /// Only alerts that began at this moment or after it.
  public var since: Timestamp?
  /// Only alerts that began at this moment or before it.
  public var until: Timestamp?
  /// Only alerts of this camera.
  public var camera: String?
  /// Only alerts of this run.
  public var runID: String?
  /// At most so many: the newest, or with `after` the first ones after it.
  public var limit: Int?
  /// Only alerts that were opened, ended or marked after this place in the log, in the order in which that happened.
  public var after: AlertCursor?

  /// All alerts, unless narrowed.
  public init(
    since: Timestamp? = nil, until: Timestamp? = nil, camera: String? = nil, runID: String? = nil,
    limit: Int? = nil,
    after: AlertCursor? = nil
  ) {
    self.since = since
    self.until = until
    self.camera = camera
    self.runID = runID
    self.limit = limit
    self.after = after
  }
}

/// What a query found.
public struct AlertPage: Sendable, Hashable {
  /// The alerts: newest first, or with `AlertQuery.after` in the order of the log.
  public let alerts: [Alert]
  /// Where the log is to be read on from to miss nothing and see nothing twice unless it has changed.
  public let cursor: AlertCursor
}
