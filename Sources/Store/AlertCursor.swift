/// A place in the alert log of one database. Its text is opaque: store it and hand it back.
///
/// Each opening, end and mark of an alert takes the next number of the log. A reader that always reads on from its last
/// cursor therefore sees every alert, and sees it again when it has ended or was marked. A new peak takes no number: it
/// is seen with the end.
public struct AlertCursor: Sendable, Hashable, CustomStringConvertible {
  let database: String
  let sequence: Int64

  init(database: String, sequence: Int64) {
    self.database = database
    self.sequence = sequence
  }

  /// Reads a cursor's text.
  ///
  /// - Throws: `StoreError.badCursor` where this is none.
  public init(_ text: String) throws(StoreError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == Self.prefixLength,
      let sequence = Int64(parts[1], radix: 16), sequence >= 0
    else { throw .badCursor(text, "it is not one that `--show-cursor` printed") }
    self.init(database: String(parts[0]), sequence: sequence)
  }

  /// The cursor's text: letters, digits and a dot.
  public var description: String { "\(database).\(String(sequence, radix: 16))" }

  /// How much of the database's UUID a cursor carries.
  static let prefixLength = 8
}
