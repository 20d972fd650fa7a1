/// Pairs rows with columns at the least total cost, each at most once.
///
/// A pair must cost less than `limit`, and to leave a row alone costs `limit`: so two fair pairs lose against one
/// excellent one, where they cannot be had together. Deterministic, ties included.
///
/// Shortest augmenting paths with potentials (Kuhn 1955, Munkres 1957, in the form of Jonker and Volgenant 1987),
/// O(n²·m) for n rows and m columns, n the smaller number.
///
/// - Parameters:
///   - costs: one row per row, all of `columns` finite or infinite numbers, none of them NaN.
///   - columns: columns per row.
///   - limit: finite.
/// - Returns: the column of each row, or nil.
func optimalAssignment(costs: [[Double]], columns: Int, limit: Double) -> [Int?] {
  let rows = costs.count
  guard rows <= columns else {
    let transposed = (0..<columns).map { column in costs.map { $0[column] } }
    var partners = [Int?](repeating: nil, count: rows)
    for (column, row) in optimalAssignment(costs: transposed, columns: rows, limit: limit).enumerated() {
      if let row { partners[row] = column }
    }
    return partners
  }
  var search = AssignmentSearch(costs: costs, columns: columns, limit: limit)
  for row in 0..<rows { search.add(row) }
  var partners = [Int?](repeating: nil, count: rows)
  for column in 0..<columns {
    if let row = search.rowOfColumn[column], costs[row][column] < limit { partners[row] = column }
  }
  return partners
}

/// The state of an assignment that takes one row after another; a pair that costs `limit` stands for no pair.
private struct AssignmentSearch {
  let costs: [[Double]]
  let columns: Int
  let limit: Double
  var rowOfColumn: [Int?]
  private var rowPotentials: [Double]
  private var columnPotentials: [Double]

  init(costs: [[Double]], columns: Int, limit: Double) {
    self.costs = costs
    self.columns = columns
    self.limit = limit
    rowOfColumn = Array(repeating: nil, count: columns)
    rowPotentials = Array(repeating: 0, count: costs.count)
    columnPotentials = Array(repeating: 0, count: columns)
  }

  /// Assigns a row along the cheapest path that ends in a free column; there are at least as many columns as rows.
  mutating func add(_ row: Int) {
    var distances = [Double](repeating: .infinity, count: columns)
    var columnBefore = [Int?](repeating: nil, count: columns)
    var visited: [Int] = []
    var isVisited = [Bool](repeating: false, count: columns)
    var current: (row: Int, column: Int?) = (row, nil)
    while true {
      var nearest = -1
      var least = Double.infinity
      for column in 0..<columns where !isVisited[column] {
        let reduced =
          min(costs[current.row][column], limit) - rowPotentials[current.row] - columnPotentials[column]
        if reduced < distances[column] {
          distances[column] = reduced
          columnBefore[column] = current.column
        }
        if distances[column] < least {
          least = distances[column]
          nearest = column
        }
      }
      // Makes the reduced cost of the nearest column zero and keeps those along the path so.
      rowPotentials[row] += least
      for column in visited {
        if let assigned = rowOfColumn[column] { rowPotentials[assigned] += least }
        columnPotentials[column] -= least
      }
      for column in 0..<columns where !isVisited[column] { distances[column] -= least }
      isVisited[nearest] = true
      visited.append(nearest)
      guard let assigned = rowOfColumn[nearest] else { return augment(to: nearest, for: row, columnBefore) }
      current = (assigned, nearest)
    }
  }

  /// Hands every row on the path the column after its own.
  private mutating func augment(to end: Int, for row: Int, _ columnBefore: [Int?]) {
    var column = end
    while let before = columnBefore[column] {
      rowOfColumn[column] = rowOfColumn[before]
      column = before
    }
    rowOfColumn[column] = row
  }
}
