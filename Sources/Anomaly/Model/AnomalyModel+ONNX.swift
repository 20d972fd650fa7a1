public import Network

extension AnomalyModel {
  /// The network for other engines: "cube", [1, 1, T, H, W] with values in 0…1, to "reconstruction" of the same shape
  /// and, where asked for, "prediction", the cube that follows.
  ///
  /// - Throws: `NetworkError.kernelFailed` for a layer that has no form in ONNX.
  public func onnx(withPrediction: Bool) throws(NetworkError) -> ONNXModel {
    var graph = ONNXGraph()
    let shape = [
      1, network.configuration.channels, card.cubeShape.frames, card.cubeShape.height, card.cubeShape.width,
    ]
    let cube = graph.addInput("cube", shape: shape)
    let code = try graph.append(network.encoder, to: cube, name: "encoder")
    let reconstruction = try graph.append(network.reconstruction, to: code, name: "reconstruction")
    graph.addOutput("reconstruction", reconstruction, shape: shape)
    if withPrediction {
      let prediction = try graph.append(network.prediction, to: code, name: "prediction")
      graph.addOutput("prediction", prediction, shape: shape)
    }
    let file = weightsFile()
    return ONNXModel(
      name: networkName, graph: graph,
      metadata: file.metadata.merging(["digest": file.digest]) { old, _ in old })
  }
}
