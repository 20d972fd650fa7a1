import Anomaly
import TestKit
import Testing

struct PersistenceTests {
  private func pairs(_ curve: [Float], atLeast least: Float = 0) -> [Int: Float] {
    Dictionary(
      uniqueKeysWithValues: persistentMinima(of: curve, atLeast: least).map { ($0.index, $0.persistence) })
  }

  @Test func handComputedPairs() {
    // Minima 1 at 0, 2 at 2, 0 at 4: the one at 2 dies at 5 (5 − 2), the one at 0 at 7 (7 − 1).
    #expect(pairs([1, 7, 2, 5, 0, 9]) == [0: 6, 2: 3, 4: .infinity])
    #expect(pairs([3, 2, 1]) == [2: .infinity])
    #expect(pairs([4]) == [0: .infinity])
    #expect(pairs([]) == [:])
  }

  @Test func ofEqualMinimaTheFirstSurvives() {
    #expect(pairs([1, 3, 1]) == [0: .infinity, 2: 2])
    #expect(pairs([5, 5, 5]) == [0: .infinity])
  }

  @Test func lesserOnesAreLeftOut() {
    #expect(pairs([1, 7, 2, 5, 0, 9], atLeast: 4) == [0: 6, 4: .infinity])
  }

  /// The rise of a minimum by its definition: on either side, the highest point before the curve undercuts it.
  private func persistenceByDefinition(_ curve: [Float], _ index: Int) -> Float {
    func rise(_ others: some Sequence<Int>) -> Float {
      var highest = curve[index]
      for other in others {
        highest = max(highest, curve[other])
        if (curve[other], other) < (curve[index], index) { return highest - curve[index] }
      }
      return .infinity
    }
    return min(rise(curve.indices.dropFirst(index + 1)), rise((0..<index).reversed()))
  }

  @Test func agreesWithTheDefinitionOnRandomCurves() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<200 {
      let count = Int.random(in: 1...60, using: &random)
      // Few levels, so that there are ties.
      let curve = (0..<count).map { _ in Float(Int.random(in: 0...12, using: &random)) }
      let expected = curve.indices.map { ($0, persistenceByDefinition(curve, $0)) }.filter { $0.1 > 0 }
      let found = persistentMinima(of: curve).filter { $0.persistence > 0 }
      #expect(found.map(\.index) == expected.map(\.0))
      #expect(found.map(\.persistence) == expected.map(\.1))
    }
  }

  @Test func minimaGrowAndMerge() {
    let minima = persistentMinima(of: [1, 7, 2, 5, 0, 9])
    #expect(grownIntervals(around: minima, radius: 0, count: 6) == [0..<1, 2..<3, 4..<5])
    #expect(grownIntervals(around: minima, radius: 1, count: 6) == [0..<6])
    #expect(grownIntervals(around: [], radius: 1, count: 6) == [])
  }
}
