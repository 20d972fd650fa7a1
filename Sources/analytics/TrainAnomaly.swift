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
      Trains for 20 minutes, where neither --minutes nor --steps says how long. Every fourth clip is held back to \
      calibrate on; of fewer than four clips every fourth block, or every second where there is less than \
      ten minutes of footage. A checkpoint lies beside the model while the training runs; Ctrl-C leaves it there, and --resume goes on from it. Without --resume a training does not start while one lies \
      there.
      """)

  @Option(parsing: .upToNextOption, help: "Footage in which nothing unusual happens.")
  var from: [String]

  @Option(
    help: "The model to start from; \"scratch\" for fresh weights. Without it, the weights that come along.")
  var `init`: String?

  @Option(help: "Frames per second to learn at (default: those of the model to start from, else 10).")
  var framesPerSecond: Double?

  @Option(
    help:
      "The size to analyse at, each side a multiple of 8 from 16 to 1024 (default: that of the model to start from, else 128x128)."
  )
  var size: AnalysisSize?

  @OptionGroup
  var training: TrainingArguments

  func validate() throws {
    guard !from.isEmpty else { throw ValidationError("--from needs at least one clip") }
    if let framesPerSecond, !AnomalyModel.framesPerSecondRange.contains(framesPerSecond) {
      throw ValidationError("--frames-per-second must be 0.1 to 120")
    }
    try OutputFiles([("--output", training.output)]).check(against: from.map { ("--from", $0) })
  }

  func run() throws {
    let budget = training.budget(defaultMinutes: 20)
    var options = `init` == "scratch" ? TrainingOptions(budget: budget) : .adapting(budget: budget)
    options.seed = training.seed
    let job = TrainingJob(
      clips: from.map { MediaLocation($0) }, output: training.outputURL, initial: `init`,
      framesPerSecond: framesPerSecond, analysisSize: size?.size, options: options, resumes: training.resume,
      compute: training.compute)
    let meter = ProgressLine()
    defer { meter.end() }
    let model = try job.run(cancellation: InterruptSignal.cancellation()) { meter.show($0) }
    meter.end()
    let motion = model.calibration?.motion == nil ? "no motion learned" : "motion learned"
    StandardError.print("wrote \(training.output): \(model.card.steps) steps in all, \(motion)")
  }
}
