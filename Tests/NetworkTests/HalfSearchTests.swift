import Network
import TestKit
import Testing

@Suite struct HalfSearchTests {
  // MARK: Conversion, against the compiler's own half-precision type

  @Test func everyHalfHasTheValueOfTheStandard() {
    let halves = (0...UInt16.max).map(\.self)
    let floats = HalfPrecision.floats(of: halves)
    let wrong = halves.indices.filter { index in
      let expected = Float(Float16(bitPattern: halves[index]))
      return expected.isNaN ? !floats[index].isNaN : floats[index].bitPattern != expected.bitPattern
    }
    #expect(wrong == [])
  }

  @Test func everyHalfComesBack() {
    let halves = (0...UInt16.max).filter { !Float16(bitPattern: $0).isNaN }
    #expect(HalfPrecision.halves(of: HalfPrecision.floats(of: halves)) == halves)
    let nans = (0...UInt16.max).filter { Float16(bitPattern: $0).isNaN }
    #expect(
      HalfPrecision.halves(of: HalfPrecision.floats(of: nans)).allSatisfy { Float16(bitPattern: $0).isNaN })
  }

  /// Between each two neighbours: the middle, which goes to the even one, and the floats next to it.
  @Test func everyMiddleIsRoundedToTheEvenOne() {
    var floats: [Float] = []
    for bits in 0..<UInt16(0x7C00) {
      let (low, high) = (Float(Float16(bitPattern: bits)), Float(Float16(bitPattern: bits + 1)))
      let middle = high.isInfinite ? 65_520 : (low + high) / 2
      for value in [middle.nextDown, middle, middle.nextUp] { floats += [value, -value] }
    }
    expectRoundedAsTheCompilerDoes(floats)
  }

  @Test(arguments: UInt64(1)...4) func anyFloatIsRoundedAsTheStandardSays(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let special: [Float] = [
      0, -0, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 65_504,
    ]
    expectRoundedAsTheCompilerDoes(
      special + (0..<100_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) })
  }

  private func expectRoundedAsTheCompilerDoes(_ floats: [Float]) {
    let halves = HalfPrecision.halves(of: floats)
    let wrong = floats.indices.filter { index in
      let expected = Float16(floats[index])
      let found = Float16(bitPattern: halves[index])
      return expected.isNaN ? !found.isNaN : found.bitPattern != expected.bitPattern
    }.map { floats[$0] }
    #expect(wrong == [])
  }

  // MARK: Search

  /// The kernel's own conversion: every finite half times one.
  @Test func everyFiniteHalfIsFoundInOrder() throws {
    let halves = (0...UInt16.max).filter { Float16(bitPattern: $0).isFinite }
    var rows = HalfRows(dimension: 1)
    for half in halves { rows.append([half]) }
    // Seventeen numbers, so that vectors take part, and not only what is left over.
    var wide = HalfRows(dimension: 17)
    for half in halves {
      wide.append([UInt16](repeating: 0, count: 5) + [half] + [UInt16](repeating: 0, count: 11))
    }
    let expected = halves.map { Float(Float16(bitPattern: $0)) }.sorted(by: >)
    let unit = [Float](repeating: 0, count: 5) + [1] + [Float](repeating: 0, count: 11)
    for threads in [1, 3] {
      let compute = Compute(threads: threads)
      #expect(try rows.nearest(to: [1], count: halves.count, on: compute).map(\.dot) == expected)
      #expect(try wide.nearest(to: unit, count: halves.count, on: compute).map(\.dot) == expected)
    }
  }

  /// Any size, against sums in double precision.
  @Test(arguments: UInt64(1)...40) func searchFindsWhatDoublePrecisionFinds(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let dimension = Int.random(in: 1...70, using: &random)
    let count = Int.random(in: 0...200, using: &random)
    var rows = HalfRows(dimension: dimension)
    var expected: [Double] = []
    let query = (0..<dimension).map { _ in random.float(in: -1...1) }
    for _ in 0..<count {
      let row = HalfPrecision.halves(of: (0..<dimension).map { _ in random.float(in: -1...1) })
      rows.append(row)
      expected.append(
        zip(query, HalfPrecision.floats(of: row)).reduce(0) { $0 + Double($1.0) * Double($1.1) })
    }
    let wanted = Int.random(in: 0...count + 5, using: &random)
    let found = try rows.nearest(to: query, count: wanted, on: Compute(threads: 1))
    #expect(found.count == min(wanted, count))
    #expect(Set(found.map(\.row)).count == found.count)
    for match in found { #expect(abs(Double(match.dot) - expected[match.row]) < 1e-5) }
    for (match, best) in zip(found, expected.sorted(by: >)) { #expect(abs(Double(match.dot) - best) < 1e-5) }
    for threads in 2...5 {
      #expect(try rows.nearest(to: query, count: wanted, on: Compute(threads: threads)) == found)
    }
  }

  @Test func ofEqualsTheFirstRowComesFirst() throws {
    var rows = HalfRows(dimension: 2)
    for index in 0..<1000 { rows.append(HalfPrecision.halves(of: [index % 10 == 3 ? 1 : 0, 0.5])) }
    for threads in 1...4 {
      let found = try rows.nearest(to: [1, 0], count: 5, on: Compute(threads: threads))
      #expect(found.map(\.row) == [3, 13, 23, 33, 43])
    }
  }

  @Test func rowsAreReplaced() throws {
    var rows = HalfRows(dimension: 3)
    for index in 0..<10 { rows.append(HalfPrecision.halves(of: [Float(index), 0, 1])) }
    rows.replace(4, with: HalfPrecision.halves(of: [50, 0, 1]))
    #expect(rows.count == 10)
    let found = try rows.nearest(to: [1, 0, 0], count: 3, on: Compute(threads: 2))
    #expect(found.map(\.dot) == [50, 9, 8])
    #expect(found.map(\.row) == [4, 9, 8])
  }

  @Test func theBenchmarkMeasuresBoth() throws {
    let result = try SearchBenchmark.nearest(rows: 1000, dimension: 64, rounds: 1, on: Compute(threads: 2))
    #expect(result.milliseconds > 0 && result.referenceMilliseconds > 0)
  }
}
