import Decode
public import Network

extension EmbedderModel {
  /// The network for other engines: "crops", [batch, 3, 144, 56], red, green and blue less 102, 102 and 101 over 58, to
  /// "features", [batch, 256, 1, 1], which become embeddings once they have length 1.
  ///
  /// - Throws: `NetworkError.kernelFailed` for a layer that has no form in ONNX.
  public func onnx(batch: Int) throws(NetworkError) -> ONNXModel {
    var graph = ONNXGraph()
    let crops = graph.addInput(
      "crops", shape: [batch, 3, MSPCNN.inputSize.height, MSPCNN.inputSize.width])
    var value = crops
    for part in network.parts { value = try graph.append(part.layer, to: value, name: part.name) }
    graph.addOutput("features", value, shape: [batch, MSPCNN.dimension, 1, 1])
    let file = weightsFile()
    return ONNXModel(
      name: Self.networkName, graph: graph,
      metadata: file.metadata.merging(["digest": file.digest]) { old, _ in old })
  }
}
