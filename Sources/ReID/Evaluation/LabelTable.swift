/// Text in columns, the first line naming them: what label files are.
struct LabelTable {
  /// One line.
  struct Row {
    /// The fields of the columns that were asked for, in that order, without blanks around them; "" for those that may be
    /// missing and are.
    let fields: [String]
    /// The line in the file, from 1.
    let line: Int
  }

  let rows: [Row]

  /// - Parameter optional: Columns that may be missing.
  /// - Throws: `ReIDError.labels` where a column is missing, or a line has more or fewer fields than the first.
  init(
    parsing text: String, columns: [String], optional: [String] = [], file: String
  ) throws(ReIDError) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let names = Self.fields(lines.first ?? "")
    var places: [Int] = []
    for column in columns {
      guard let place = names.firstIndex(of: column) else {
        throw .labels(
          file: file, line: 1,
          reason:
            "there is no column \"\(column)\"; the first line must name \(columns.joined(separator: ","))")
      }
      places.append(place)
    }
    let optionalPlaces = optional.map { names.firstIndex(of: $0) }
    var rows: [Row] = []
    for (number, line) in zip(1..., lines).dropFirst() where !line.allSatisfy(\.isWhitespace) {
      let fields = Self.fields(line)
      guard fields.count == names.count else {
        throw .labels(file: file, line: number, reason: "\(fields.count) fields in place of \(names.count)")
      }
      let further = optionalPlaces.map { place in place.map { fields[$0] } ?? "" }
      rows.append(Row(fields: places.map { fields[$0] } + further, line: number))
    }
    self.rows = rows
  }

  private static func fields(_ line: Substring) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
  }
}
