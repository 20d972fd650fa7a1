/// Something that `AlertStore.check` found wrong.
public struct Finding: Sendable, Hashable, Encodable, CustomStringConvertible {
  /// What must hold. The numbers are stable, and stand in the documentation.
  public enum Invariant: Int, Sendable, CaseIterable, Encodable {
    /// SQLite finds its own structures whole, and every row keeps its table's constraints.
    case integrity = 1
    /// Every reference between rows leads somewhere.
    case references = 2
    /// The tables are those that this version creates.
    case schema = 3
    /// The media folder is there and is this database's.
    case mediaFolder = 4
    /// Every file that a row names is there.
    case fileMissing = 5
    /// Every file that a row names has content.
    case fileEmpty = 6
    /// Every file in the media folder is named by a row.
    case fileUnknown = 7
    /// Times and values fit together across rows.
    case values = 8
    /// Every alert has its place in the log.
    case log = 9
    /// Every vector is of length one, and those of one model have as many numbers.
    case vectors = 10
    /// Of people who were forgotten nothing is left in freed pages or in the log.
    case erasure = 11
  }

  /// Which invariant does not hold.
  public let invariant: Invariant
  /// Where, and what to do.
  public let message: String

  /// The message.
  public var description: String { message }
}
