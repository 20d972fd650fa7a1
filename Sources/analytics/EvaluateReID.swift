import ArgumentParser
import Daemon
import Foundation
import Network
import ReID

struct EvaluateReID: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reid",
    abstract: "Measure how well people are found again by another camera.",
    discussion: """
      Every picture of the first camera (in sorted order) is looked for among those of the others: for the ranks among one \
      picture of each person, averaged over 20 random draws, and for the mean average precision among all.
      """)

  @Option(help: ArgumentHelp("The folder of pictures, one person on each.", valueName: "folder"))
  var images: String

  @Option(
    help: ArgumentHelp(
      "Lines of file,identity,camera,index, the first naming the columns; further columns are passed over.",
      valueName: "file.csv"))
  var labels: String

  @Option(help: "The model to measure. Without it, the one that comes along.")
  var model: String?

  @Option(help: "Match only the last so many people in sorted order.")
  var identities: Int?

  @Option(help: "What the galleries are drawn from.")
  var seed: UInt64 = 1

  @Flag(
    inversion: .prefixedNo,
    help: "Look at every picture in the mirror too, and take the mean, as replays and searches do.")
  var mirror = true

  @Option(
    help:
      "Numbers to compute with. Without it, int8 where the model says that it is as good, and it is quicker.")
  var precision: Precision?

  @Flag(help: "Print one JSON object; rates are fractions.")
  var json = false

  @Option(help: "Threads to use.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard identities ?? 2 > 1 else { throw ValidationError("--identities must be at least 2") }
    guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
  }

  func run() throws {
    let job = EmbedderEvaluationJob(
      pictures: URL(filePath: images), labels: URL(filePath: labels),
      model: try model.map { URL(filePath: $0) } ?? ModelFolder.embedder(), identities: identities,
      seed: seed,
      averagesMirrored: mirror, inIntegers: precision.map { $0 == .int8 }, compute: Compute(threads: threads))
    let line = ProgressLine()
    defer { line.end() }
    let result = try job.run(cancellation: InterruptSignal.cancellation()) { line.show("embedding", $0) }
    line.end()
    let summary = Summary(result)
    guard !json else { return try StandardOutput.print(jsonLine(summary)) }
    for text in summary.lines { try StandardOutput.print(text) }
  }

  private struct Summary: Encodable {
    let identities: Int
    let images: Int
    let probes: Int
    let rank1: Double
    let rank5: Double
    let rank10: Double
    let rank20: Double
    let map: Double
    let strangerSimilarity: Float

    enum CodingKeys: String, CodingKey {
      case identities, images, probes, rank1, rank5, rank10, rank20, map
      case strangerSimilarity = "stranger_similarity"
    }

    init(_ result: EmbedderEvaluationJob.Result) {
      (identities, images) = (result.identityCount, result.pictureCount)
      let matching = result.matching
      probes = matching.probeCount
      (rank1, rank5, rank10, rank20) = (
        matching.rank(1), matching.rank(5), matching.rank(10), matching.rank(20)
      )
      map = matching.meanAveragePrecision
      strangerSimilarity = matching.strangerSimilarity
    }

    var lines: [String] {
      func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
      return [
        "\(identities) people, \(images) pictures, \(probes) probes",
        "rank 1: \(percent(rank1)), 5: \(percent(rank5)), 10: \(percent(rank10)), 20: \(percent(rank20))",
        "mean average precision: \(percent(map))",
        String(
          format: "one in a hundred pairs of different people is more alike than %.3f", strangerSimilarity),
      ]
    }
  }
}
