public import Decode
public import Store

/// What a replay came to, for a report and for the command line.
public struct ReplaySummary: Sendable {
  /// The regularity of one frame.
  public struct Point: Sendable, Hashable {
    /// Since the first frame of the clip.
    public let time: Duration
    /// 0…1; the alert threshold is at 0.5.
    public let regularity: Float
  }

  /// The clip.
  public var clip: String
  /// The name that its alerts are stored under.
  public var camera: String
  /// What the container says about the clip.
  public var media: MediaInfo
  /// What was lost in reading, in words; nil where nothing was.
  public var losses: String?
  /// The run.
  public var runID: String
  /// The file of the model, or what it was learned from; nil where nothing was scored.
  public var modelName: String?
  /// The identity of the model, in hexadecimal; nil where nothing was scored.
  public var modelDigest: String?
  /// How much of the clip the model learned from, from its start; nil where it learned nothing.
  public var learnedUntil: Duration?
  /// The wall time of the clip's first frame.
  public var startedAt: Timestamp
  /// Frames after those that were learned from.
  public var frameCount: Int
  /// Frames that have a score.
  public var scoredFrameCount: Int
  /// The regularity curve.
  public var curve: [Point]
  /// The alerts of the run, in order.
  public var alerts: [Alert]
  /// The people who were found, in the order of their coming; nil where nobody was looked for.
  public var people: [FoundPerson]?
  /// How many people were found and what was left out, in words; nil where nobody was looked for.
  public var peopleSummary: String?
  /// The database that they are in.
  public var databasePath: String
  /// The version of the program.
  public var programVersion: String
}
