public import Foundation

/// A network as an ONNX file (IR version 8, operator set 17), which other engines read.
public struct ONNXModel {
  /// Field numbers of `onnx.proto`, and the values of its enums that occur here.
  private enum Field {
    static let (irVersion, producer, graph, operatorSet, metadata) = (1, 2, 7, 8, 14)
    static let operatorSetVersion = 2
    static let (key, value) = (1, 2)
    static let (node, graphName, initializer, input, output) = (1, 2, 5, 11, 12)
    static let (nodeInput, nodeOutput, nodeName, nodeType, nodeAttribute) = (1, 2, 3, 4, 5)
    static let (attributeName, float, integer, integers, attributeType) = (1, 2, 3, 8, 20)
    static let (floatAttribute, integerAttribute, integersAttribute) = (1, 2, 7)
    static let (dimensions, dataType, tensorName, rawData) = (1, 2, 8, 9)
    static let (portName, portType, tensorType, elementType, shape, axis, axisSize) = (1, 2, 1, 1, 2, 1, 1)
    static let float32 = 1
  }

  private let name: String
  private let graph: ONNXGraph
  private let metadata: [String: String]

  /// A file of this graph.
  ///
  /// - Parameters:
  ///   - name: The network's name.
  ///   - metadata: What the file says about itself, as text.
  public init(name: String, graph: ONNXGraph, metadata: [String: String]) {
    self.name = name
    self.graph = graph
    self.metadata = metadata
  }

  /// Writes the file whole or not at all.
  ///
  /// - Throws: `NetworkError.fileFailed`.
  public func write(to url: URL) throws(NetworkError) { try writeWhole(encoded(), to: url) }

  /// The bytes of the file: the same for the same content.
  public func encoded() -> Data {
    var model = ProtobufWriter()
    model.integer(Field.irVersion, 8)
    model.string(Field.producer, "analytics")
    model.message(Field.operatorSet) { $0.integer(Field.operatorSetVersion, 17) }
    model.message(Field.graph, writeGraph)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      model.message(Field.metadata) {
        $0.string(Field.key, key)
        $0.string(Field.value, value)
      }
    }
    return model.data
  }

  private func writeGraph(_ writer: inout ProtobufWriter) {
    for node in graph.nodes { writer.message(Field.node) { write(node, to: &$0) } }
    writer.string(Field.graphName, name)
    for (name, tensor) in graph.initializers {
      writer.message(Field.initializer) { write(tensor, name, to: &$0) }
    }
    for port in graph.inputs { writer.message(Field.input) { write(port, to: &$0) } }
    for port in graph.outputs { writer.message(Field.output) { write(port, to: &$0) } }
  }

  private func write(_ node: ONNXGraph.Node, to writer: inout ProtobufWriter) {
    for input in node.inputs { writer.string(Field.nodeInput, input) }
    writer.string(Field.nodeOutput, node.output)
    writer.string(Field.nodeName, node.name)
    writer.string(Field.nodeType, node.type)
    for (name, value) in node.attributes {
      writer.message(Field.nodeAttribute) {
        $0.string(Field.attributeName, name)
        write(value, to: &$0)
      }
    }
  }

  private func write(_ value: ONNXGraph.Attribute, to writer: inout ProtobufWriter) {
    switch value {
    case .float(let value):
      writer.float(Field.float, value)
      writer.integer(Field.attributeType, Field.floatAttribute)
    case .integer(let value):
      writer.integer(Field.integer, value)
      writer.integer(Field.attributeType, Field.integerAttribute)
    case .integers(let values):
      for value in values { writer.integer(Field.integers, value) }
      writer.integer(Field.attributeType, Field.integersAttribute)
    }
  }

  private func write(_ tensor: WeightsFile.StoredTensor, _ name: String, to writer: inout ProtobufWriter) {
    for size in tensor.shape { writer.integer(Field.dimensions, size) }
    writer.integer(Field.dataType, Field.float32)
    writer.string(Field.tensorName, name)
    writer.bytes(Field.rawData, littleEndianBytes(tensor.values))
  }

  private func write(_ port: ONNXGraph.Port, to writer: inout ProtobufWriter) {
    writer.string(Field.portName, port.name)
    writer.message(Field.portType) {
      $0.message(Field.tensorType) {
        $0.integer(Field.elementType, Field.float32)
        $0.message(Field.shape) { shape in
          for size in port.shape { shape.message(Field.axis) { $0.integer(Field.axisSize, size) } }
        }
      }
    }
  }
}
