import Dispatch
import Synchronization
import Testing

@testable import Network

/// Many callers of the kernels at once, each with other work: what the cameras of a gateway do.
@Suite struct ThreadPoolTests {
  @Test func callersOnManyThreadsGetTheirOwnResults() {
    let callers = 16
    let expected = (0..<callers).map { caller in
      (0..<1000).map { Float(caller) + Float($0) }
    }
    for threads in [2, 3, 8] {
      let wrong = Counter()
      DispatchQueue.concurrentPerform(iterations: callers) { caller in
        for _ in 0..<200 {
          let sum = Tensor([1000], repeating: Float(caller))
          sum.add(Tensor([1000], (0..<1000).map(Float.init)), on: Compute(threads: threads))
          if sum.values != expected[caller] { wrong.increase() }
        }
      }
      #expect(wrong.value == 0, "with \(threads) threads each")
    }
  }

  @Test func moreThreadsThanWorkAreNoHarm() {
    for count in [1, 2, 3, 255, 256] {
      let sum = Tensor([count], repeating: 1)
      sum.add(Tensor([count], repeating: 2), on: Compute(threads: 256))
      #expect(sum.values.allSatisfy { $0 == 3 })
    }
  }

  @Test(arguments: [1, 2, 3]) func denormalNumbersAreZeroOnTheThreadsOfThePoolOnlyWhileTheyWork(threads: Int)
  {
    let tiny = Float.leastNormalMagnitude / 4
    let sum = Tensor([64], repeating: tiny)
    sum.add(Tensor([64], repeating: tiny), on: Compute(threads: threads))
    #expect(sum.values.allSatisfy { $0 == 0 })
    let own = Float(threads) * tiny
    #expect(own > 0, "the caller's arithmetic is as it was")
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)
    func increase() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock { $0 } }
  }
}
