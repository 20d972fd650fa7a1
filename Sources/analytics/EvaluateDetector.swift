import ArgumentParser
import Daemon
import Foundation
import Network
import ReID

struct EvaluateDetector: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detector",
    abstract: "Measure how well people are found in pictures with boxes around them.",
    discussion: """
      The boxes are lines of image,width,height,x1,y1,x2,y2 under such a header: pixels, x2 and y2 exclusive, the last four \
      empty for a picture without people.
      """)

  @Option(help: ArgumentHelp("The folder of the pictures.", valueName: "folder"))
  var images: String

  @Option(help: ArgumentHelp("The boxes.", valueName: "file.csv"))
  var boxes: String

  @Option(help: "The model to measure; without it, the one that comes along.")
  var model: String?

  @Flag(help: "Print one JSON object; rates are fractions.")
  var json = false

  @Option(help: "Threads to use.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
  }

  func run() throws {
    let job = DetectorEvaluationJob(
      images: URL(filePath: images), boxes: URL(filePath: boxes),
      model: try model.map { URL(filePath: $0) } ?? ModelFolder.detector(), compute: Compute(threads: threads)
    )
    let line = ProgressLine()
    defer { line.end() }
    let summary = try job.run(cancellation: InterruptSignal.cancellation()) {
      line.show("looking", $0)
    }
    line.end()
    guard !json else { return try StandardOutput.print(jsonLine(summary)) }
    try StandardOutput.print("test: \(summary.images) pictures, \(summary.people) people")
    try StandardOutput.print(
      "all: AP50 \(percent(summary.ap50)), recall at 90 % precision \(percent(summary.recallAtPrecision90))"
        + (summary.scoreAtPrecision90.map { String(format: " (score %.2f)", $0) } ?? ""))
    for band in summary.byHeight where band.people > 0 {
      let heights =
        band.to.map { String(format: "%.0f–%.0f", band.from, $0) } ?? String(format: "%.0f on", band.from)
      try StandardOutput.print(
        "\(heights) pixels tall, \(band.people) people: AP50 \(percent(band.ap50)), recall at 90 % precision "
          + percent(band.recallAtPrecision90))
    }
  }

  private func percent(_ share: Double?) -> String {
    share.map { String(format: "%.1f %%", 100 * $0) } ?? "–"
  }
}
