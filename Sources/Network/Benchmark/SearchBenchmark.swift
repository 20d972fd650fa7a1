/// Search in half precision, measured as everything else is: in one run with what it is compared with.
public enum SearchBenchmark {
  /// The ten nearest of `rows` vectors to one, against the time to read those vectors once.
  public static func nearest(
    rows: Int, dimension: Int, rounds: Int, on compute: Compute
  ) throws -> ComparisonBenchmark {
    var random = SeededGenerator(seed: 1)
    var matrix = HalfRows(dimension: dimension)
    matrix.reserve(rows)
    for _ in 0..<rows {
      // From 2^-5 to 2^-3 with either sign, as the numbers of normalised vectors are: one draw for four of them.
      var bits = random.next()
      let row = (0..<dimension).map { index in
        if index % 4 == 0 { bits = random.next() }
        return UInt16(truncatingIfNeeded: bits >> (16 * UInt64(index % 4))) & 0x87FF | 0x2800
      }
      matrix.append(row)
    }
    let query = (0..<dimension).map { _ in random.uniform(in: -1...1) }
    return try ComparisonBenchmark(
      "search \(rows) × \(dimension)", against: "reading them once", rounds: rounds, on: compute,
      instructionSet: Compute.instructionSet,
      work: { _ = try matrix.nearest(to: query, count: 10, on: compute) },
      other: { _ = try matrix.readOnce(on: compute) })
  }
}
