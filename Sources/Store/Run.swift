/// Where a run's frames come from.
public enum RunKind: String, Sendable, Codable {
  /// Cameras, as they happen.
  case live
  /// A recorded clip: the same clip, model and settings give the same run, and the same rows.
  case replay
}

/// One start of the daemon, or one replay of one clip.
public struct Run: Sendable, Hashable {
  /// Letters, digits, `-` and `_`, at most 64: random for a live run, derived from the content for a replay.
  public var id: String
  /// Where the frames come from.
  public var kind: RunKind
  /// When the run, or for a replay its clip, began.
  public var startedAt: Timestamp
  /// The program's version.
  public var programVersion: String
  /// What the run was told, as a JSON object. Never holds credentials.
  public var settings: String
  /// The digest of the replayed clip, nil for a live run.
  public var clipDigest: String?

  /// A run that has not been opened yet.
  public init(
    id: String, kind: RunKind, startedAt: Timestamp, programVersion: String, settings: String = "{}",
    clipDigest: String? = nil
  ) {
    self.id = id
    self.kind = kind
    self.startedAt = startedAt
    self.programVersion = programVersion
    self.settings = settings
    self.clipDigest = clipDigest
  }
}
