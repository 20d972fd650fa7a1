public import Decode
public import ReID

/// Why a track cannot be searched for.
public enum PeopleSearchError: Error, CustomStringConvertible {
  /// Nothing is known of what the person looks like.
  case noVector(track: Int64)
  /// The vector is not usable.
  case damagedVector(track: Int64, reason: ReIDError)
  /// There is nobody in the picture.
  case nobody(path: String)
  /// The picture has too few pixels to show anybody.
  case imageTooSmall(path: String, size: PictureSize, leastSide: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .noVector(let track):
      "track \(track) has no vector to compare with: no crop of it was good enough."
    case .damagedVector(let track, let reason):
      "the vector of track \(track) is damaged: \(reason). `analytics check` says what else is."
    case .nobody(let path):
      "\(path): nobody was found in this picture; give one in which a person stands out, as `analytics people show` "
        + "writes it"
    case .imageTooSmall(let path, let size, let leastSide):
      "\(path): a picture of \(size) pixels shows nobody; give one of at least \(leastSide) to a side"
    }
  }
}
