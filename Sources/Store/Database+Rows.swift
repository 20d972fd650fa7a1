import GRDB

extension Database {
  /// Inserts a row, or updates the one with this id. Returns its id.
  ///
  /// - Parameter values: columns that are written, with their values.
  func store(
    _ values: [(column: String, value: (any DatabaseValueConvertible)?)], in table: String,
    replacing id: Int64?
  ) throws -> Int64 {
    let names = values.map(\.column)
    var arguments = StatementArguments(values.map(\.value))
    if let id {
      arguments += [id]
      let assignments = names.map { "\($0) = ?" }.joined(separator: ", ")
      try execute(sql: "UPDATE \(table) SET \(assignments) WHERE id = ?", arguments: arguments)
      return id
    }
    let places = names.map { _ in "?" }.joined(separator: ", ")
    try execute(
      sql: "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(places))", arguments: arguments)
    return lastInsertedRowID
  }
}
