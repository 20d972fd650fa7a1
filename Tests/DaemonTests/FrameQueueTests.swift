import Daemon
import Foundation
import Synchronization
import Testing

@Suite struct FrameQueueTests {
  @Test func theOldestGoesFirst() {
    let queue = FrameQueue<Int>(capacity: 3)
    for value in 1...5 { queue.push(value) }
    queue.finish()
    queue.push(6)
    #expect([queue.pop(), queue.pop(), queue.pop(), queue.pop()] == [3, 4, 5, nil])
    #expect(queue.dropCount == 2)
  }

  @Test func everyElementIsEitherTakenInOrderOrCounted() {
    let queue = FrameQueue<Int>(capacity: 4)
    let total = 20_000
    let reader = Thread {
      for value in 0..<total { queue.push(value) }
      queue.finish()
    }
    reader.start()
    var taken: [Int] = []
    while let value = queue.pop() { taken.append(value) }
    #expect(taken.count + queue.dropCount == total)
    #expect(zip(taken, taken.dropFirst()).allSatisfy { $0 < $1 })
    #expect(taken.last == total - 1)
  }

  @Test func finishingWakesAConsumerThatWaits() {
    let queue = FrameQueue<Int>(capacity: 1)
    let isWaiting = DispatchSemaphore(value: 0)
    let isDone = DispatchSemaphore(value: 0)
    Thread {
      isWaiting.signal()
      if queue.pop() == nil { isDone.signal() }
    }.start()
    isWaiting.wait()
    queue.finish()
    isDone.wait()
  }

  @Test func droppedAndLeftElementsAreReleased() {
    final class Counted: Sendable {
      let live: Mutex<Int>
      init(_ value: Int) { live = Mutex(value) }
    }
    weak var dropped: Counted?
    weak var left: Counted?
    do {
      let queue = FrameQueue<Counted>(capacity: 1)
      let first = Counted(1)
      let second = Counted(2)
      dropped = first
      left = second
      queue.push(first)
      queue.push(second)
    }
    #expect(dropped == nil)
    #expect(left == nil)
  }
}
