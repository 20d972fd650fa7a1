import Anomaly
import ArgumentParser
import Foundation
import Network

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model's network for other engines.",
    discussion: """
      The ONNX file (operator set 17) takes "cube", 1×1×frames×height×width with gray as 0…1, and gives \
      "reconstruction" of the same shape. What the model says about itself stands in its metadata.
      """)

  @Argument(help: "The model file.")
  var model: String

  @Option(help: "The ONNX file to write.")
  var onnx: String

  @Flag(help: "Give \"prediction\", the cube that follows, as well.")
  var prediction = false

  func validate() throws {
    guard !onnx.isEmpty else { throw ValidationError("--onnx takes the path of a file") }
    let (source, target) = (URL(filePath: model), URL(filePath: onnx))
    guard source.resolvingSymlinksInPath() != target.resolvingSymlinksInPath() else {
      throw ValidationError("--onnx names the model itself")
    }
  }

  func run() throws {
    let model = try AnomalyModel(contentsOf: URL(filePath: model))
    try model.onnx(withPrediction: prediction).write(to: URL(filePath: onnx))
    StandardError.print("wrote \(onnx)")
  }
}
