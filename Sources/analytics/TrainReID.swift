public import ArgumentParser
import Daemon
import Foundation
import Network
public import ReID

struct TrainReID: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reid",
    abstract: "Learn to tell people apart, from pictures of people.",
    discussion: """
      Trains MSP-CNN to give one person's pictures similar vectors: for two hours, where neither --minutes nor --steps \
      says how long. People of whom there is one picture are passed over. Of a hundred others or more, one in \
      twenty-five is held back, to find out how alike strangers are. A checkpoint lies beside the model while the training runs; Ctrl-C leaves it there, and --resume goes on from it.
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

  @Option(name: .customLong("init"), help: "The model to start from. Without it, fresh weights.")
  var initial: String?

  @Option(
    help: ArgumentHelp(
      """
      A stronger network's vectors to come close to besides: a safetensors file with one tensor a picture, named as in \
      --labels. Benchmarks/embedder/make-teacher-vectors makes one.
      """, valueName: "file.safetensors"))
  var teacher: String?

  @Option(
    help: """
      What is learned beside who is who: "none", likeness of patches ("low"), closeness of features by the paper's pairs \
      ("high"), "both", or both with closeness against everybody else in the batch ("batch", default).
      """)
  var similarity = EmbedderTrainingOptions.Similarity.batch

  @OptionGroup
  var training: TrainingArguments

  func validate() throws {
    try OutputFiles([("--output", training.output)]).check(against: [
      ("--images", images), ("--labels", labels), ("--teacher", teacher),
    ])
  }

  func run() throws {
    let budget = training.budget(defaultMinutes: 120)
    var options: EmbedderTrainingOptions = initial == nil ? .init(budget: budget) : .further(budget: budget)
    options.seed = training.seed
    options.similarity = similarity
    let job = EmbedderTrainingJob(
      pictures: URL(filePath: images), labels: URL(filePath: labels), output: training.outputURL,
      initial: initial.map { URL(filePath: $0) }, teacher: teacher.map { URL(filePath: $0) },
      options: options, resumes: training.resume, compute: training.compute)
    let line = ProgressLine()
    defer { line.end() }
    let model = try job.run(cancellation: InterruptSignal.cancellation()) { line.show($0) }
    line.end()
    StandardError.print(
      "wrote \(training.output): \(model.card.steps) steps in all, \(model.card.identities) people")
  }
}

extension EmbedderTrainingOptions.Similarity: ExpressibleByArgument {}
