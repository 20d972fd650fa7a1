import ArgumentParser
import Daemon
import Foundation
import Network
import ReID

struct TrainReID: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reid",
    abstract: "Learn to tell people apart, from pictures of people.",
    discussion: """
      Of a hundred people or more, one in twenty-five is held back, to find out how alike strangers are. Trains MSP-CNN to give one person's pictures similar vectors. A checkpoint lies beside the model while the training \
      runs; Ctrl-C leaves it there, and --resume goes on from it.
      """)

  @Option(help: ArgumentHelp("The folder of pictures, one person on each.", valueName: "folder"))
  var images: String

  @Option(
    help: ArgumentHelp(
      """
      Lines of file,identity,camera,index, the first naming the columns: the picture in that folder, the person, the \
      camera, the picture's number; further columns are passed over.
      """, valueName: "file.csv"))
  var labels: String

  @Option(help: "The model file to write.")
  var output: String

  @Option(name: .customLong("init"), help: "The model to start from. Without it, fresh weights.")
  var initial: String?

  @Option(help: "Train for so many minutes (default 120).")
  var minutes: Double?

  @Option(help: "Train for so many steps: the same pictures, seed and build give the same model.")
  var steps: Int?

  @Option(
    help: """
      What is learned beside who is who: likeness of patches ("low"), closeness of features ("high"), "both" (default), \
      "none".
      """)
  var similarity = Similarity.both

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
    var options = EmbedderTrainingOptions(
      budget: steps.map { .steps($0) } ?? .seconds(60 * (minutes ?? 120)))
    options.seed = seed
    options.similarity = similarity.value
    let job = EmbedderTrainingJob(
      pictures: URL(filePath: images), labels: URL(filePath: labels), output: URL(filePath: output),
      initial: initial.map { URL(filePath: $0) }, options: options, resumes: resume,
      compute: Compute(threads: threads))
    let line = ProgressLine()
    defer { line.end() }
    let model = try job.run(cancellation: InterruptSignal.cancellation()) { line.show($0) }
    line.end()
    StandardError.print("wrote \(output): \(model.card.steps) steps in all, \(model.card.identities) people")
  }

  enum Similarity: String, ExpressibleByArgument, CaseIterable {
    case none, low, high, both

    var value: EmbedderTrainingOptions.Similarity {
      switch self {
      case .none: .none
      case .low: .low
      case .high: .high
      case .both: .both
      }
    }
  }
}
