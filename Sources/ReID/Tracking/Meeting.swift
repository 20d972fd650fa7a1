/// Two people who were so close together that either may be taken for the other afterwards, by their ordinals.
struct Meeting: Sendable, Hashable, Comparable {
  /// The smaller ordinal.
  let first: Int
  /// The larger ordinal.
  let second: Int

  init(_ one: Int, _ other: Int) {
    first = min(one, other)
    second = max(one, other)
  }

  static func < (a: Meeting, b: Meeting) -> Bool { (a.first, a.second) < (b.first, b.second) }

  /// The same meeting when the two of another one have exchanged their ordinals.
  func exchanging(_ other: Meeting) -> Meeting {
    func exchanged(_ ordinal: Int) -> Int {
      ordinal == other.first ? other.second : ordinal == other.second ? other.first : ordinal
    }
    return Meeting(exchanged(first), exchanged(second))
  }
}
