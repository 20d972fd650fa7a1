/// What about a frame is irregular.
public enum Evidence: String, Sendable, Hashable, Codable {
  /// How it looks: the network cannot reconstruct it.
  case appearance
  /// How it moves: faster than is usual at its place.
  case motion
}
