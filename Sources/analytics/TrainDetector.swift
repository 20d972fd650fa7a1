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

      Trains for an hour, where neither --minutes nor --steps says how long. A checkpoint lies beside the model while \
      the training runs; Ctrl-C leaves it there, and --resume goes on from it.
      """)

  @Option(help: ArgumentHelp("The folder of the pictures.", valueName: "folder"))
  var images: String

  @Option(help: ArgumentHelp("The boxes.", valueName: "file.csv"))
  var boxes: String

  @Option(name: .customLong("init"), help: "The model to start from; without it, fresh weights.")
  var initial: String?

  @Option(help: ArgumentHelp("A folder of pictures in which nobody is.", valueName: "folder"))
  var background: String?

  @OptionGroup
  var training: TrainingArguments

  func validate() throws {
    try OutputFiles([("--output", training.output)]).check(against: [
      ("--images", images), ("--boxes", boxes), ("--background", background),
    ])
  }

  func run() throws {
    var options = DetectorTrainingOptions(budget: training.budget(defaultMinutes: 60))
    options.seed = training.seed
    let job = DetectorTrainingJob(
      images: URL(filePath: images), boxes: URL(filePath: boxes),
      background: background.map { URL(filePath: $0) },
      output: training.outputURL, initial: initial.map { URL(filePath: $0) }, options: options,
      resumes: training.resume,
      compute: training.compute)
    let line = ProgressLine()
    defer { line.end() }
    let model = try job.run(cancellation: InterruptSignal.cancellation()) { line.show($0) }
    line.end()
    StandardError.print("wrote \(training.output): \(model.card.steps) steps in all")
  }
}
