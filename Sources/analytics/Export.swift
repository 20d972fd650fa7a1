import Anomaly
import ArgumentParser
import Foundation
import Network
import ReID

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model's network for other engines.",
    discussion: """
      The ONNX file (operator set 17) takes "cube", 1×channels×frames×height×width as 0…1 (one channel of gray, or two of \
      motion), and gives "reconstruction" of the same shape; that of an embedder of people takes "crops", batch×3×144×56, \
      and gives "features". What the model says about itself stands in its metadata.
      """)

  @Argument(help: "The model file.")
  var model: String

  @Option(help: "The ONNX file to write.")
  var onnx: String

  @Option(help: "Crops that an embedder takes at a time.")
  var batch = 1

  @Flag(help: "Give \"prediction\", the cube that follows, as well.")
  var prediction = false

  func validate() throws {
    guard (1...1024).contains(batch) else { throw ValidationError("--batch must be 1 to 1024") }
    guard !onnx.isEmpty else { throw ValidationError("--onnx takes the path of a file") }
    try OutputFiles([("--onnx", onnx)]).check(against: [("the model", model)])
  }

  func run() throws {
    let file = try WeightsFile(contentsOf: URL(filePath: model))
    let exported: ONNXModel
    switch file.metadata["network"] {
    case EmbedderModel.networkName:
      guard !prediction else {
        throw ValidationError("--prediction is of a camera's model, not of an embedder")
      }
      exported = try EmbedderModel(file).onnx(batch: batch)
    case DetectorModel.networkName:
      throw NetworkError.invalidWeights(
        file: file.source, reason: "holds a person detector; cameras' models and embedders can be exported")
    default:
      guard batch == 1 else {
        throw ValidationError("--batch is of an embedder, not of a camera's model")
      }
      exported = try AnomalyModel(file, for: CubeContent.allCases).onnx(withPrediction: prediction)
    }
    try exported.write(to: URL(filePath: onnx))
    StandardError.print("wrote \(onnx)")
  }
}
