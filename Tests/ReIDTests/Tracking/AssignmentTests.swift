import TestKit
import Testing

@testable import ReID

@Suite struct AssignmentTests {
  @Test func theGreedyChoiceIsNotTheBest() {
    // Greedy takes 1 and is left with 9; the best is 2 + 3.
    #expect(optimalAssignment(costs: [[1, 2], [3, 9]], columns: 2, limit: 100) == [1, 0])
  }

  @Test func aPairThatCostsTheLimitIsNoPair() {
    #expect(optimalAssignment(costs: [[0.5]], columns: 1, limit: 0.5) == [nil])
    #expect(optimalAssignment(costs: [[0.5]], columns: 1, limit: 0.6) == [0])
    #expect(
      optimalAssignment(costs: [[.infinity, 0.1], [.infinity, 0.2]], columns: 2, limit: 1) == [1, nil])
  }

  @Test func oneExcellentPairBeatsTwoPoorOnes() {
    #expect(optimalAssignment(costs: [[0.1, 0.75], [0.75, 1]], columns: 2, limit: 0.8) == [0, nil])
  }

  @Test func anEmptySideHasNoPairs() {
    #expect(optimalAssignment(costs: [], columns: 3, limit: 1).isEmpty)
    #expect(optimalAssignment(costs: [[], []], columns: 0, limit: 1) == [nil, nil])
  }

  @Test func noOtherAssignmentIsCheaper() {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<400 {
      let rows = Int.random(in: 1...5, using: &generator)
      let columns = Int.random(in: 1...5, using: &generator)
      // Few different values, so that there are ties.
      let costs = (0..<rows).map { _ in
        (0..<columns).map { _ in Double(Int.random(in: -4...8, using: &generator)) }
      }
      let limit = Double(Int.random(in: -2...6, using: &generator))
      let partners = optimalAssignment(costs: costs, columns: columns, limit: limit)
      let taken = partners.compactMap(\.self)
      #expect(Set(taken).count == taken.count)
      let gained = zip(costs, partners).reduce(0) { sum, row in
        sum + (row.1.map { row.0[$0] - limit } ?? 0)
      }
      #expect(gained == leastCost(costs[...], limit: limit, free: Set(0..<columns)))
    }
  }

  @Test func twoHundredPeopleAreAssigned() {
    var generator = SplitMix64(seed: 2)
    let costs = (0..<200).map { _ in (0..<200).map { _ in Double.random(in: 0...1, using: &generator) } }
    let partners = optimalAssignment(costs: costs, columns: 200, limit: 2)
    #expect(Set(partners.compactMap(\.self)).count == 200)
  }

  /// The least sum of "cost − limit" over all choices of pairs, by trying them all.
  private func leastCost(_ costs: ArraySlice<[Double]>, limit: Double, free: Set<Int>) -> Double {
    guard let row = costs.first else { return 0 }
    let alone = leastCost(costs.dropFirst(), limit: limit, free: free)
    return free.reduce(alone) { best, column in
      let rest = leastCost(costs.dropFirst(), limit: limit, free: free.subtracting([column]))
      return min(best, row[column] - limit + rest)
    }
  }
}
