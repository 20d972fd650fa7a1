/// Two ways to do the same, measured in turn.
public struct ComparisonBenchmark: Sendable, Codable {
  /// What was measured.
  public let name: String
  /// What it was compared with.
  public let reference: String
  /// Threads used by both.
  public let threads: Int
  /// The median time of one round.
  public let milliseconds: Double
  /// The median time of the other.
  public let referenceMilliseconds: Double
  /// The median of the rounds' quotients: neighbours in time share whatever else the machine does.
  public let ratio: Double
  /// The kernels' instruction set.
  public let instructionSet: String

  enum CodingKeys: String, CodingKey {
    case name, reference, threads, milliseconds, ratio
    case referenceMilliseconds = "reference_milliseconds"
    case instructionSet = "instruction_set"
  }

  /// Runs both in turn, after one round that does not count.
  public init(
    _ name: String, against reference: String, rounds: Int, on compute: Compute, instructionSet: String,
    work: () throws -> Void, other: () throws -> Void
  ) throws {
    try work()
    try other()
    let times = try (0..<rounds).map { _ in (try secondsOf(work), try secondsOf(other)) }
    self.name = name
    self.reference = reference
    threads = compute.threads
    milliseconds = 1e3 * median(times.map(\.0))
    referenceMilliseconds = 1e3 * median(times.map(\.1))
    ratio = median(times.map { $0 / $1 })
    self.instructionSet = instructionSet
  }
}
