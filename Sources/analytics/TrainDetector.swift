import ArgumentParser
import Daemon
import Foundation
import Network
import ReID

struct TrainDetector: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detector",
    abstract: "Learn to find people from pictures with boxes around them.",
    discussion: """
      The boxes are lines of image,width,height,x1,y1,x2,y2 under such a header: pixels, x2 and y2 exclusive, the last four \
      empty for a picture without people. Further columns may be source (gt, teacher, or uncertain for what is neither a \
      person nor background), weight (how often to draw a picture) and stretched (1 for pictures out of proportion).

      A checkpoint lies beside the model while the training runs; Ctrl-C leaves it there, and --resume goes on from it.
      """)

  @Option(help: ArgumentHelp("The folder of the pictures.", valueName: "folder"))
  var images: String

  @Option(help: ArgumentHelp("The boxes.", valueName: "file.csv"))
  var boxes: String

  @Option(help: "The model file to write.")
  var output: String

  @Option(name: .customLong("init"), help: "The model to start from; without it, fresh weights.")
  var initial: String?

  @Option(help: ArgumentHelp("A folder of pictures in which nobody is.", valueName: "folder"))
  var background: String?

  @Option(help: "Train for so many minutes (default 60).")
  var minutes: Double?

  @Option(help: "Train for so many steps: the same pictures, seed and build give the same model.")
  var steps: Int?

  @Flag(help: "Go on from the checkpoint of an interrupted training.")
  var resume = false

  @Option(help: "What all randomness comes from.")
  var seed: UInt64 = 1

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
  }

  func run() throws {
    var options = DetectorTrainingOptions(
      budget: steps.map { .steps($0) } ?? .seconds(60 * (minutes ?? 60)))
    options.seed = seed
    let job = DetectorTrainingJob(
      images: URL(filePath: images), boxes: URL(filePath: boxes),
      background: background.map { URL(filePath: $0) },
      output: URL(filePath: output), initial: initial.map { URL(filePath: $0) }, options: options,
      resumes: resume,
      compute: Compute(threads: threads))
    let line = ProgressLine()
    defer { line.end() }
    let model = try job.run(cancellation: InterruptSignal.cancellation()) { line.show($0) }
    line.end()
    StandardError.print("wrote \(output): \(model.card.steps) steps in all")
  }
}
