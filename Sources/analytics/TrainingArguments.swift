import ArgumentParser
import Foundation
import Network

/// What every training takes.
struct TrainingArguments: ParsableArguments {
  @Option(help: "The model file to write.")
  var output: String

  @Option(help: "Train for so many minutes, where --steps does not say how long.")
  var minutes: Double?

  @Option(help: "Train for so many steps: the same data, seed and build give the same model.")
  var steps: Int?

  @Flag(help: "Go on from the checkpoint of an interrupted training.")
  var resume = false

  @Option(help: "What all randomness comes from.")
  var seed: UInt64 = 1

  @Option(help: "Threads to use.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("--output takes the path of a file") }
    try Self.validate(minutes: minutes, steps: steps, threads: threads)
  }

  static func validate(minutes: Double?, steps: Int?, threads: Int) throws {
    guard minutes == nil || steps == nil else { throw ValidationError("give --minutes or --steps, not both") }
    guard minutes ?? 1 > 0, minutes ?? 1 <= 100_000 else {
      throw ValidationError("--minutes must be above 0 and no more than 100,000")
    }
    guard steps ?? 1 > 0 else { throw ValidationError("--steps must be positive") }
    guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
  }

  /// What ends the training: what was asked for, else so many minutes.
  func budget(defaultMinutes: Double) -> TrainingBudget {
    steps.map { .steps($0) } ?? .seconds(60 * (minutes ?? defaultMinutes))
  }

  var outputURL: URL { URL(filePath: output) }

  var compute: Compute { Compute(threads: threads) }
}
