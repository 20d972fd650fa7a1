public import ReID

/// Why a track cannot be searched for.
public enum PeopleSearchError: Error, CustomStringConvertible {
  /// Nothing is known of what the person looks like.
  case noVector(track: Int64)
  /// The vector is not usable.
  case damagedVector(track: Int64, reason: ReIDError)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .noVector(let track):
      "track \(track) has no vector to compare with: no crop of it was good enough."
    case .damagedVector(let track, let reason):
      "the vector of track \(track) is damaged: \(reason). `analytics check` says what else is."
    }
  }
}
