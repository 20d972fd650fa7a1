import Foundation
import Synchronization

/// How much more than one stream of work several get done together, each on a thread of its own.
public struct ScalingBenchmark: Sendable, Codable {
  /// What was measured.
  public let name: String
  /// Streams that ran together, with one thread each.
  public let streams: Int
  /// The median rate of all streams together, in pieces of work per second.
  public let perSecond: Double
  /// The median rate of one stream that has the machine for itself.
  public let perSecondAlone: Double
  /// The median over the rounds of both rates' quotient.
  public let ratio: Double
  /// The same in time of the processor: what `ratio` would be, had each stream a core that nobody else works on.
  public let cpuRatio: Double
  /// `ratio` for large matrix products: what this machine gives.
  public let peakRatio: Double
  /// The kernels' instruction set.
  public let instructionSet: String

  enum CodingKeys: String, CodingKey {
    case name, streams, ratio
    case perSecond = "per_second"
    case perSecondAlone = "per_second_alone"
    case cpuRatio = "cpu_ratio"
    case peakRatio = "peak_ratio"
    case instructionSet = "instruction_set"
  }

  /// Measures one stream, `streams` together, and matrix products likewise, in turn.
  ///
  /// - Parameter stream: Makes a stream, in the thread that it runs in; each call of the result is one piece of work.
  public init(
    _ name: String, streams: Int, rounds: Int, stream: @Sendable @escaping () throws -> (() throws -> Void)
  ) throws {
    var (pairs, peakRatios): ([(alone: Streams.Rate, together: Streams.Rate)], [Double]) = ([], [])
    for _ in 0..<rounds {
      pairs.append((try Streams(1, of: stream).rate(), try Streams(streams, of: stream).rate()))
      let peak = { @Sendable in
        let peak = MatrixPeak(on: Compute(threads: 1))
        return { _ = try peak.rate() }
      }
      let peakAlone = try Streams(1, of: peak).rate()
      peakRatios.append(try Streams(streams, of: peak).rate().perSecond / peakAlone.perSecond)
    }
    self.name = name
    self.streams = streams
    perSecond = median(pairs.map(\.together.perSecond))
    perSecondAlone = median(pairs.map(\.alone.perSecond))
    ratio = median(pairs.map { $0.together.perSecond / $0.alone.perSecond })
    cpuRatio = median(pairs.map { $0.together.perCPUSecond / $0.alone.perCPUSecond })
    peakRatio = median(peakRatios)
    instructionSet = Compute.instructionSet
  }
}

/// Threads that begin together, and go on until each has done its share: none has the machine for itself at the end.
private final class Streams: Sendable {
  /// Pieces of work, summed over the streams, in each stream's own time.
  struct Rate {
    var perSecond = 0.0
    var perCPUSecond = 0.0
  }

  private static let piecesPerStream = 8

  private let count: Int
  private let stream: @Sendable () throws -> (() throws -> Void)
  private let ready = DispatchGroup()
  private let start = DispatchGroup()
  private let done = DispatchGroup()
  private let unfinished: Atomic<Int>
  private let rates = Mutex<[Result<Rate, any Error>]>([])

  init(_ count: Int, of stream: @Sendable @escaping () throws -> (() throws -> Void)) {
    self.count = count
    self.stream = stream
    unfinished = Atomic(count)
  }

  /// The rate of all streams together.
  func rate() throws -> Rate {
    start.enter()
    for _ in 0..<count {
      ready.enter()
      done.enter()
      let thread = Thread { [self] in
        let rate = Result { try run() }
        rates.withLock { $0.append(rate) }
        done.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    ready.wait()
    start.leave()
    done.wait()
    return try rates.withLock { rates in
      try rates.reduce(into: Rate()) { sum, rate in
        let rate = try rate.get()
        sum.perSecond += rate.perSecond
        sum.perCPUSecond += rate.perCPUSecond
      }
    }
  }

  /// One stream's rate, its first piece left out: that one finds memory.
  private func run() throws -> Rate {
    let work = try prepared()
    start.wait()
    let rate = try measured(work)
    while unfinished.load(ordering: .relaxed) > 0 { try work() }
    return rate
  }

  private func prepared() throws -> () throws -> Void {
    defer { ready.leave() }
    do {
      let work = try stream()
      try work()
      return work
    } catch {
      unfinished.subtract(1, ordering: .relaxed)
      throw error
    }
  }

  private func measured(_ work: () throws -> Void) throws -> Rate {
    defer { unfinished.subtract(1, ordering: .relaxed) }
    let cpuStart = cpuSeconds()
    let seconds = try secondsOf { for _ in 0..<Self.piecesPerStream { try work() } }
    let pieces = Double(Self.piecesPerStream)
    return Rate(perSecond: pieces / seconds, perCPUSecond: pieces / (cpuSeconds() - cpuStart))
  }

  /// Processor time of this thread so far.
  private func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
