import Anomaly
import ArgumentParser
import Foundation
import Network
import ReID

struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what model files say about themselves.", subcommands: [Show.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What one model file says about itself.")

    @Argument(help: "The model file.")
    var model: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let summary = try summary(of: WeightsFile(contentsOf: URL(filePath: model)))
      guard !json else { return try StandardOutput.print(jsonLine(summary)) }
      for (name, value) in summary.lines { try StandardOutput.print("\(name): \(value.visible())") }
    }

    private func summary(of file: WeightsFile) throws -> any ModelSummary {
      switch file.metadata["network"] {
      case EmbedderModel.networkName: EmbedderModelSummary(try EmbedderModel(file))
      case DetectorModel.networkName: DetectorModelSummary(try DetectorModel(file))
      default: AnomalyModelSummary(try AnomalyModel(file, for: CubeContent.allCases))
      }
    }
  }
}

/// What `models show` prints of a model.
protocol ModelSummary: Encodable {
  /// Names and values, in order.
  var lines: [(String, String)] { get }
}
