/// What one frame told a tracker.
public struct TrackerUpdate: Sendable, Hashable {
  /// The track of a detection.
  public struct Match: Sendable, Hashable {
    /// The index of the detection among those given.
    public let detection: Int
    /// The ordinal of the track.
    public let ordinal: Int
  }

  /// News of a track, which is named by its ordinal.
  public enum Change: Sendable, Hashable {
    /// Somebody may be there.
    case born(Int)
    /// Somebody is there.
    case confirmed(Int)
    /// They are out of sight.
    case lost(Int)
    /// They are back.
    case found(Int)
    /// They are gone, or never were there where the track was never confirmed.
    case ended(Int, wasConfirmed: Bool)
  }

  /// The detections that belong to tracks, tentative ones included, in ascending order of detection.
  public internal(set) var matches: [Match] = []
  /// What is new, in order of happening.
  public internal(set) var changes: [Change] = []
  /// Detections that are none: a box without area, outside the picture or not finite, a score that is NaN.
  public internal(set) var refusedDetections = 0
  /// Detections left out because there were too many.
  public internal(set) var droppedDetections = 0
  /// People not followed, or not waited for any longer, because there were too many.
  public internal(set) var droppedTracks = 0
}
