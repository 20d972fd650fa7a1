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
  /// The same quotient for large matrix products: what this machine gives.
  public let peakRatio: Double
  /// The kernels' instruction set.
  public let instructionSet: String

  enum CodingKeys: String, CodingKey {
    case name, streams, ratio
    case perSecond = "per_second"
    case perSecondAlone = "per_second_alone"
    case peakRatio = "peak_ratio"
    case instructionSet = "instruction_set"
  }

  /// Measures one stream, `streams` together, and matrix products likewise, in turn.
  ///
  /// - Parameter stream: Makes a stream, in the thread that it runs in; each call of the result is one piece of work.
  public init(
    _ name: String, streams: Int, rounds: Int, stream: @Sendable @escaping () throws -> (() throws -> Void)
  ) throws {
    var (rates, ratesAlone, ratios, peakRatios): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for _ in 0..<rounds {
      let alone = try Streams(1, of: stream).rate()
      let together = try Streams(streams, of: stream).rate()
      let peak = { @Sendable in
        let peak = MatrixPeak(on: Compute(threads: 1))
        return { _ = try peak.seconds() }
      }
      let peakAlone = try Streams(1, of: peak).rate()
      peakRatios.append(try Streams(streams, of: peak).rate() / peakAlone)
      rates.append(together)
      ratesAlone.append(alone)
      ratios.append(together / alone)
    }
    self.name = name
    self.streams = streams
    perSecond = median(rates)
    perSecondAlone = median(ratesAlone)
    ratio = median(ratios)
    peakRatio = median(peakRatios)
    instructionSet = Compute.instructionSet
  }
}

/// Threads that begin together, and go on until each has done its share: none has the machine for itself at the end.
private final class Streams: Sendable {
  private static let piecesPerStream = 8

  private let count: Int
  private let stream: @Sendable () throws -> (() throws -> Void)
  private let ready = DispatchGroup()
  private let start = DispatchGroup()
  private let done = DispatchGroup()
  private let unfinished: Atomic<Int>
  private let rates = Mutex<[Result<Double, any Error>]>([])

  init(_ count: Int, of stream: @Sendable @escaping () throws -> (() throws -> Void)) {
    self.count = count
    self.stream = stream
    unfinished = Atomic(count)
  }

  /// Pieces of work per second, of all streams.
  func rate() throws -> Double {
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
    return try rates.withLock { try $0.reduce(0) { try $0 + $1.get() } }
  }

  /// One stream's rate, its first piece left out: that one finds memory.
  private func run() throws -> Double {
    let work = try prepared()
    start.wait()
    let seconds = try measured(work)
    while unfinished.load(ordering: .relaxed) > 0 { try work() }
    return Double(Self.piecesPerStream) / seconds
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

  private func measured(_ work: () throws -> Void) throws -> Double {
    defer { unfinished.subtract(1, ordering: .relaxed) }
    return try secondsOf { for _ in 0..<Self.piecesPerStream { try work() } }
  }
}
