internal import CKernels

/// A matrix in half precision, one vector in each row, that grows and shrinks by rows and is searched whole.
///
/// Two bytes a number: a search reads all of it once, so that memory is what it takes. Rows must be finite.
public struct HalfRows: Sendable {
  /// A row and its dot product with what was searched for.
  public struct Match: Sendable, Hashable {
    /// The row, from 0.
    public let row: Int
    /// The dot product.
    public let dot: Float
  }

  /// How many numbers a row has.
  public let dimension: Int
  private var halves: [UInt16] = []

  /// No rows of so many numbers, at least 1.
  public init(dimension: Int) {
    precondition(dimension > 0, "a row has at least one number")
    self.dimension = dimension
  }

  /// How many rows there are.
  public var count: Int { halves.count / dimension }

  /// Makes room for this many rows in all.
  public mutating func reserve(_ count: Int) { halves.reserveCapacity(count * dimension) }

  /// Adds a row at the end.
  ///
  /// - Parameter row: `dimension` finite numbers in half precision, as bit patterns.
  public mutating func append(_ row: some Collection<UInt16>) {
    precondition(row.count == dimension, "a row has \(dimension) numbers, not \(row.count)")
    halves.append(contentsOf: row)
  }

  /// Puts another row in the place of one.
  public mutating func replace(_ index: Int, with row: some Collection<UInt16>) {
    precondition(row.count == dimension, "a row has \(dimension) numbers, not \(row.count)")
    halves.replaceSubrange(index * dimension..<(index + 1) * dimension, with: row)
  }

  /// The rows with the largest dot products, the largest first and of equals the first row first.
  ///
  /// The same on any number of threads.
  ///
  /// - Parameters:
  ///   - query: `dimension` finite numbers.
  ///   - count: how many rows; there are fewer where the matrix has fewer.
  /// - Throws: `NetworkError.outOfMemory`.
  public func nearest(to query: [Float], count: Int, on compute: Compute) throws(NetworkError) -> [Match] {
    precondition(query.count == dimension, "the query has \(dimension) numbers, not \(query.count)")
    let wanted = min(max(0, count), self.count)
    var status = Int32(CK_OK)
    let matches = [ck_match](unsafeUninitializedCapacity: wanted) { matches, initialized in
      status = ck_search_halves(
        query, halves, Int64(self.count), Int64(dimension), Int64(wanted), matches.baseAddress, compute.count)
      initialized = status == CK_OK ? wanted : 0
    }
    guard status == CK_OK else { throw .outOfMemory(operation: "a search of \(self.count) rows") }
    return matches.map { Match(row: Int($0.row), dot: $0.dot) }
  }

  /// Reads every number once and does nothing with it: what a search is measured against.
  func readOnce(on compute: Compute) throws(NetworkError) -> UInt64 {
    var sum: UInt64 = 0
    let status = halves.withUnsafeBytes { bytes in
      let words = bytes.bindMemory(to: UInt64.self)
      return ck_sum_words(words.baseAddress, Int64(words.count), &sum, compute.count)
    }
    guard status == CK_OK else { throw .outOfMemory(operation: "reading \(count) rows") }
    return sum
  }
}
