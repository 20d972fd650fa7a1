/// Rows of text in aligned columns.
struct TextTable {
  private let titles: [String]
  private let widths: [Int]

  /// - Parameter rows: what the columns are made wide enough for.
  init(titles: [String], rows: [[String]]) {
    self.titles = titles
    widths = rows.reduce(titles.map(\.count)) { widths, row in zip(widths, row).map { max($0, $1.count) } }
  }

  /// The line above the rows.
  var header: String { line(titles) }

  /// A row.
  func line(_ cells: [String]) -> String {
    let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
    var line = padded.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }
}
