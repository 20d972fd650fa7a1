import Daemon
import Network
import Testing

/// Draws the same number for ever.
private struct Constant: RandomNumberGenerator {
  let value: UInt64
  mutating func next() -> UInt64 { value }
}

@Suite struct BackoffTests {
  @Test func ceilingsDoubleToTheCap() {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(60), generator: SeededGenerator(seed: 1))
    var ceilings: [Duration] = []
    for _ in 0..<9 {
      ceilings.append(backoff.ceiling)
      _ = backoff.next()
    }
    #expect(ceilings == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { Duration.seconds($0) })
    backoff.reset()
    #expect(backoff.ceiling == .seconds(1))
    #expect(backoff.attempts == 0)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func delaysStayBelowTheirCeiling(seed: UInt64) {
    var backoff = Backoff(
      first: .milliseconds(100 + Int(seed)), longest: .seconds(5), generator: SeededGenerator(seed: seed))
    for _ in 0..<200 {
      let ceiling = backoff.ceiling
      let delay = backoff.next()
      #expect(delay >= .zero && delay <= ceiling && ceiling <= .seconds(5))
    }
  }

  @Test func jitterFillsTheWholeRange() {
    // A thousand delays at the cap: their tenths are all hit, and their mean is near the middle.
    var backoff = Backoff(first: .seconds(10), longest: .seconds(10), generator: SeededGenerator(seed: 7))
    let delays = (0..<1_000).map { _ in backoff.next() / .seconds(1) }
    #expect(Set(delays.map { min(9, Int($0)) }).count == 10)
    let mean = delays.reduce(0, +) / 1_000
    #expect(abs(mean - 5) < 0.5)
  }

  @Test func twoCamerasDoNotComeBackTogether() {
    var a = Backoff(generator: SeededGenerator(seed: 1))
    var b = Backoff(generator: SeededGenerator(seed: 2))
    for _ in 0..<20 { #expect(a.next() != b.next()) }
    var again = Backoff(generator: SeededGenerator(seed: 1))
    var first = Backoff(generator: SeededGenerator(seed: 1))
    for _ in 0..<20 { #expect(again.next() == first.next()) }
  }

  @Test func aHugeNumberOfTriesDoesNotOverflow() {
    var backoff = Backoff(generator: Constant(value: .max))
    for _ in 0..<10_000 { _ = backoff.next() }
    #expect(backoff.ceiling == .seconds(60))
  }
}
