import Anomaly
import ArgumentParser
import Daemon
import Decode
import Foundation
import Network

struct TrainAnomaly: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anomaly",
    abstract: "Learn what is normal in front of one camera.",
    discussion: """
      Every fourth clip is held back to calibrate on; of fewer than four clips every fourth block, or every second \
      where there is less than ten minutes of footage. A checkpoint lies beside the model while the training runs; \
      Ctrl-C leaves it there, and --resume goes on from it. Without --resume a training does not start while one lies \
      there.
      """)

  @Option(parsing: .upToNextOption, help: "Footage in which nothing unusual happens.")
  var from: [String]

  @Option(help: "The model file to write.")
  var output: String

  @Option(
    help: "The model to start from; \"scratch\" for fresh weights. Without it, the weights that come along.")
  var `init`: String?

  @Option(help: "Train for so many minutes (default 20).")
  var minutes: Double?

  @Option(help: "Train for so many steps: the same footage, seed and build give the same model.")
  var steps: Int?

  @Flag(help: "Go on from the checkpoint of an interrupted training.")
  var resume = false

  @Option(help: "What all randomness comes from.")
  var seed: UInt64 = 1

  @Option(help: "Frames per second to learn at (default: those of the model to start from, else 10).")
  var framesPerSecond: Double?

  @Option(
    help:
      "The size to analyse at, each side a multiple of 8 (default: that of the model to start from, else 128x128)."
  )
  var size: AnalysisSize?

  @Option(help: "Threads to use.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("--output takes the path of a file") }
    guard minutes == nil || steps == nil else { throw ValidationError("give --minutes or --steps, not both") }
    guard minutes ?? 1 > 0, minutes ?? 1 <= 100_000 else {
      throw ValidationError("--minutes must be positive")
    }
    guard steps ?? 1 > 0 else { throw ValidationError("--steps must be positive") }
    guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
    guard !from.isEmpty else { throw ValidationError("--from needs at least one clip") }
    if let framesPerSecond, !AnomalyModel.framesPerSecondRange.contains(framesPerSecond) {
      throw ValidationError("--frames-per-second must be 0.1 to 120")
    }
  }

  func run() throws {
    let budget = steps.map { TrainingOptions.Budget.steps($0) } ?? .seconds(60 * (minutes ?? 20))
    var options = `init` == "scratch" ? TrainingOptions(budget: budget) : .adapting(budget: budget)
    options.seed = seed
    let job = TrainingJob(
      clips: from.map { MediaLocation($0) }, output: URL(filePath: output), initial: `init`,
      framesPerSecond: framesPerSecond, analysisSize: size?.size, options: options, resumes: resume,
      compute: Compute(threads: threads))
    let meter = ProgressLine()
    defer { meter.end() }
    let model = try job.run(cancellation: InterruptSignal.cancellation()) { meter.show($0) }
    meter.end()
    let motion = model.calibration?.motion == nil ? "no motion learned" : "motion learned"
    StandardError.print("wrote \(output): \(model.card.steps) steps in all, \(motion)")
  }
}

/// `128x128`.
struct AnalysisSize: ExpressibleByArgument {
  let size: PictureSize

  init?(argument: String) {
    let sides = argument.lowercased().split(separator: "x").map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], (16...1024).contains(width),
      (16...1024).contains(height), width % 8 == 0, height % 8 == 0
    else { return nil }
    size = PictureSize(width: width, height: height)
  }
}
