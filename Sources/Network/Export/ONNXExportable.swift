/// A layer that knows its form in ONNX.
public protocol ONNXExportable: Layer {
  /// Appends the operators that do in ONNX what this layer does in inference, and returns the last one's result.
  ///
  /// - Throws: `NetworkError.kernelFailed` where a layer inside has no such form.
  func export(
    to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String
  ) throws(NetworkError) -> ONNXGraph.Value
}

extension Sequential: ONNXExportable {
  /// The layers' operators, one after the other.
  public func export(
    to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String
  ) throws(NetworkError) -> ONNXGraph.Value {
    var value = input
    for child in children { value = try graph.append(child.layer, to: value, name: "\(name).\(child.name)") }
    return value
  }
}

extension Concatenate: ONNXExportable {
  /// The branches' operators, and `Concat` along the channels.
  public func export(
    to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String
  ) throws(NetworkError) -> ONNXGraph.Value {
    var parts: [String] = []
    for child in children {
      parts.append(try graph.append(child.layer, to: input, name: "\(name).\(child.name)").name)
    }
    return graph.addNode("Concat", parts, name: name, rank: input.rank, attributes: [("axis", .integer(1))])
  }
}

extension Convolution: ONNXExportable {
  /// `Conv`.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    graph.addNode(
      "Conv", [input.name] + graph.addParameters(of: self, name: name), name: name, rank: input.rank,
      attributes: windowAttributes(kernel, stride, padding, axes: spatialAxes))
  }
}

extension TransposedConvolution: ONNXExportable {
  /// `ConvTranspose`.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    let attributes = windowAttributes(kernel, stride, padding, axes: spatialAxes)
    return graph.addNode(
      "ConvTranspose", [input.name] + graph.addParameters(of: self, name: name), name: name, rank: input.rank,
      attributes: attributes + [("output_padding", .integers(sizes(outputPadding, axes: spatialAxes)))])
  }
}

extension BatchNorm: ONNXExportable {
  /// `BatchNormalization`, not folded: the file shows the network that was trained, and engines fold it themselves.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    graph.addNode(
      "BatchNormalization", [input.name] + graph.addParameters(of: self, name: name), name: name,
      rank: input.rank, attributes: [("epsilon", .float(epsilon))])
  }
}

extension LeakyReLU: ONNXExportable {
  /// `LeakyRelu`, or `Relu` where nothing is let through.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    slope == 0
      ? graph.addNode("Relu", [input.name], name: name, rank: input.rank)
      : graph.addNode(
        "LeakyRelu", [input.name], name: name, rank: input.rank, attributes: [("alpha", .float(slope))])
  }
}

extension Sigmoid: ONNXExportable {
  /// `Sigmoid`.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    graph.addNode("Sigmoid", [input.name], name: name, rank: input.rank)
  }
}

extension MaxPool: ONNXExportable {
  /// `MaxPool`.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    graph.addNode(
      "MaxPool", [input.name], name: name, rank: input.rank,
      attributes: windowAttributes(window, stride, padding, axes: spatialAxes)
        + [("ceil_mode", .integer(roundsUp ? 1 : 0))])
  }
}

extension AveragePool2d: ONNXExportable {
  /// `AveragePool`, the padding counted in.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    graph.addNode(
      "AveragePool", [input.name], name: name, rank: input.rank,
      attributes: windowAttributes(window, stride, padding, axes: 2) + [("count_include_pad", .integer(1))])
  }
}

extension GlobalAveragePool2d: ONNXExportable {
  /// `GlobalAveragePool`.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    graph.addNode("GlobalAveragePool", [input.name], name: name, rank: input.rank)
  }
}

extension Linear: ONNXExportable {
  /// `Gemm`; over positions, where the channels are not the last axis in ONNX, a `Conv` of one tap.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    guard input.rank > 2 else {
      return graph.addNode(
        "Gemm", [input.name] + graph.addParameters(of: self, name: name), name: name, rank: 2,
        attributes: [("transB", .integer(1))])
    }
    let stored = parameters.map { ("\(name).\($0.name)", $0.stored) }
    let taps = Array(repeating: 1, count: input.rank - 2)
    let names = stored.map { name, tensor in
      let shape = tensor.shape.count == 2 ? tensor.shape + taps : tensor.shape
      return graph.addInitializer(name, .init(shape: shape, values: tensor.values))
    }
    return graph.addNode("Conv", [input.name] + names, name: name, rank: input.rank)
  }
}

extension Dropout: ONNXExportable {
  /// Nothing: inference drops no values.
  public func export(to graph: inout ONNXGraph, input: ONNXGraph.Value, name: String) -> ONNXGraph.Value {
    input
  }
}

private func windowAttributes(
  _ window: Extent, _ stride: Extent, _ padding: Extent, axes: Int
) -> [(name: String, value: ONNXGraph.Attribute)] {
  let pads = sizes(padding, axes: axes)
  return [
    ("kernel_shape", .integers(sizes(window, axes: axes))), ("strides", .integers(sizes(stride, axes: axes))),
    ("pads", .integers(pads + pads)),
  ]
}

private func sizes(_ extent: Extent, axes: Int) -> [Int] {
  Array([extent.depth, extent.height, extent.width].suffix(axes))
}
