import Foundation

/// Runs an actor's work on a thread of its own, where it may block.
///
/// Decoding, the network and SQLite block for long; on Swift's cooperative pool, which has one thread per core, two
/// slow cameras would stop everything else. The thread lives as long as the executor.
final class ThreadExecutor: SerialExecutor {
  private let inbox = Inbox()

  /// Starts the thread; its name is cut to the 15 characters that Linux shows.
  init(name: String) {
    let inbox = inbox
    let thread = Thread {
      while let job = inbox.next() { job.run() }
    }
    thread.name = String(name.prefix(15))
    // A network's and a codec's frames are larger than the half megabyte that Foundation gives.
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit { inbox.close() }

  func enqueue(_ job: consuming ExecutorJob) {
    inbox.add(Job(job: UnownedJob(job), executor: self))
  }
}

/// A piece of an actor's work, and its executor, which must live until the work is done.
private struct Job: Sendable {
  let job: UnownedJob
  let executor: ThreadExecutor

  func run() { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
}

/// The jobs that wait for the thread. All state is guarded by the condition.
private final class Inbox: @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: [Job] = []
  private var isClosed = false

  func add(_ job: Job) {
    condition.withLock {
      jobs.append(job)
      condition.signal()
    }
  }

  func close() {
    condition.withLock {
      isClosed = true
      condition.signal()
    }
  }

  /// The oldest job, waiting for one; nil when closed. A closed inbox is empty: each job keeps its executor.
  func next() -> Job? {
    condition.withLock {
      while jobs.isEmpty && !isClosed { condition.wait() }
      return jobs.isEmpty ? nil : jobs.removeFirst()
    }
  }
}
