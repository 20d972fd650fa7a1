import CKernels
import Testing

@testable import Network

@Suite struct ByteWeightsTests {
  /// Of several lengths of rows, some of them no multiple of eight.
  private static let rows = [3, 8, 9, 16, 27, 144]

  private func weights(rows: Int, of rowOfTaps: Int, seed: UInt64) -> [Float] {
    var g = SeededGenerator(seed: seed)
    // Few are large, as in trained networks.
    return (0..<rows * rowOfTaps).map { _ in
      let x = g.uniform(in: -1...1)
      return 0.3 * x * x * x
    }
  }

  @Test(arguments: rows) func bytesComeCloseToWeightsAndToTheirSum(rowOfTaps: Int) {
    for seed in 1...20 as ClosedRange<UInt64> {
      let weights = weights(rows: 9, of: rowOfTaps, seed: seed)
      let found = ByteWeights(weights, rowOfTaps: rowOfTaps, leastScale: 1e-9)
      for (byte, weight) in zip(found.bytes, weights) {
        #expect(abs(Float(byte) - weight / found.scale) < 1)
      }
      let units = weights.reduce(0.0) { $0 + Double($1) } / Double(found.scale)
      #expect(abs(Double(found.bytes.reduce(0) { $0 + Int($1) }) - units) < 0.51)
    }
  }

  @Test(arguments: rows) func whatIsSummedIn16BitsFits(rowOfTaps: Int) {
    var highest = 0
    for seed in 1...20 as ClosedRange<UInt64> {
      let bytes = ByteWeights(
        weights(rows: 9, of: rowOfTaps, seed: seed), rowOfTaps: rowOfTaps, leastScale: 1e-9
      ).bytes
      for row in stride(from: 0, to: bytes.count, by: rowOfTaps) {
        for eight in stride(from: 0, to: rowOfTaps, by: 8) {
          for together in [[0, 1, 4, 5], [2, 3, 6, 7]] {
            let four = together.filter { eight + $0 < rowOfTaps }.map { Int(bytes[row + eight + $0]) }
            highest = max(highest, four.reduce(0) { $0 + max($1, 0) }, -four.reduce(0) { $0 + min($1, 0) })
          }
        }
      }
    }
    #expect(highest <= CK_LARGEST_FOUR && highest > 110, "\(highest)")
  }

  @Test func equalWeightsAreAQuarterEach() {
    for sign in [Float(1), -1] {
      let found = ByteWeights(
        [Float](repeating: 0.7 * sign, count: 32), rowOfTaps: 16, leastScale: 1e-9)
      #expect(found.bytes == [Int8](repeating: Int8(31 * sign), count: 32))
    }
  }

  @Test func nothingStaysNothing() {
    let found = ByteWeights([0, 0, 0], rowOfTaps: 3, leastScale: 0.25)
    #expect(found.bytes == [0, 0, 0] && found.scale == 0.25)
  }

  /// By hand: of 0.4, 0.3 and 1.2 units, 1.9 in all, two are missing one when rounded by themselves: 0.4 is the nearest to the
  /// middle.
  @Test func whatIsNearestToTheMiddleGoesTheOtherWay() {
    #expect(ByteWeights([0.4, 0.3, 1.2], rowOfTaps: 3, leastScale: 1).bytes == [1, 0, 1])
    #expect(ByteWeights([-0.4, -0.3, -1.2], rowOfTaps: 3, leastScale: 1).bytes == [-1, 0, -1])
  }
}
