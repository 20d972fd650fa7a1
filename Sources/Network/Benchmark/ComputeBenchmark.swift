/// The outcome of a benchmark that is compared with the machine's matrix peak in the same run.
public struct ComputeBenchmark: Sendable, Codable {
  /// What was measured.
  public let name: String
  /// Threads used, for the work and for the peak alike.
  public let threads: Int
  /// The median time of one round.
  public let milliseconds: Double
  /// Billions of floating-point operations per second, from the median time.
  public let gflops: Double
  /// The median rate of a large matrix product between the rounds.
  public let peakGflops: Double
  /// `gflops / peakGflops`; over 1 where an algorithm needs fewer operations than the definition.
  public let efficiency: Double
  /// The kernels' instruction set.
  public let instructionSet: String

  enum CodingKeys: String, CodingKey {
    case name, threads, milliseconds, gflops, efficiency
    case peakGflops = "peak_gflops"
    case instructionSet = "instruction_set"
  }

  /// Runs `work`, of so many floating-point operations (those of the definition: a fast algorithm needs fewer), and matrix
  /// products in turn. The efficiency is the median of the rounds' ratios: neighbours in time share whatever else the machine
  /// does.
  public init(
    _ name: String, operations: Double, rounds: Int, on compute: Compute, work: () throws -> Void
  ) throws {
    let peak = MatrixPeak(on: compute)
    try work()
    _ = try peak.rate()
    var (times, rates, ratios): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<rounds {
      let before = try peak.rate()
      let seconds = try secondsOf(work)
      let after = try peak.rate()
      times.append(seconds)
      rates.append((before + after) / 2)
      ratios.append(operations / seconds / ((before + after) / 2))
    }
    self.name = name
    threads = compute.threads
    milliseconds = median(times) * 1e3
    gflops = operations / median(times) / 1e9
    peakGflops = median(rates) / 1e9
    efficiency = median(ratios)
    instructionSet = Compute.instructionSet
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
}

extension ComputeBenchmark {
  /// The matrix product itself, against which everything else is measured.
  public static func matrixProduct(rounds: Int, on compute: Compute) throws -> ComputeBenchmark {
    let peak = MatrixPeak(on: compute)
    return try ComputeBenchmark("gemm", operations: peak.operations, rounds: rounds, on: compute) {
      _ = try peak.rate()
    }
  }
}
