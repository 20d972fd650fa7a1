/// What about the picture is irregular.
public enum AlertEvidence: String, Sendable, Codable, CaseIterable {
  /// How it looks.
  case appearance
  /// How it moves.
  case motion
}
