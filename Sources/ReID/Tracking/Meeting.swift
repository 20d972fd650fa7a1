/// Two people so close together that either may be taken for the other afterwards.
struct Meeting: Sendable {
  /// The ordinal of the other.
  let other: Int
  /// When they were last so close.
  let time: Duration
}
