public import Decode

/// Where a track is in its life: born tentative, then confirmed, lost whenever it is not seen, found again or ended.
public enum TrackState: Sendable, Hashable {
  /// Seen too few times to believe in.
  case tentative
  /// A person in sight.
  case confirmed
  /// A person out of sight, who is waited for.
  case lost
}

/// A person who is followed, as of the last update.
public struct Track: Sendable, Hashable {
  /// Counts the tracks of a tracker in order of birth, from 1.
  public let ordinal: Int
  /// Where it is in its life.
  public let state: TrackState
  /// Where the person is by the motion model, cut to the picture; for a lost track, where they should be.
  public let box: Box
  /// When it was first seen.
  public let firstSeen: Duration
  /// When it was last seen.
  public let lastSeen: Duration
}
