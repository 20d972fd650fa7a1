/// Operators of ONNX on named values, built layer by layer.
///
/// Values are in ONNX's order, [N, C, D, H, W] or [N, C, H, W], where ours have their channels last.
public struct ONNXGraph {
  /// What flows between operators.
  public struct Value: Sendable, Hashable {
    /// Its name in the file.
    public let name: String
    /// How many axes it has, batch and channels included.
    public let rank: Int
  }

  /// What an operator is told beside its inputs.
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
  }

  struct Node {
    let name: String
    let type: String
    var inputs: [String]
    var output: String
    let attributes: [(name: String, value: Attribute)]
  }

  struct Port {
    let name: String
    let shape: [Int]
  }

  private(set) var nodes: [Node] = []
  private(set) var initializers: [(name: String, tensor: WeightsFile.StoredTensor)] = []
  private(set) var inputs: [Port] = []
  private(set) var outputs: [Port] = []

  /// A graph without operators.
  public init() {}

  /// Declares what the graph is given, in ONNX's order.
  public mutating func addInput(_ name: String, shape: [Int]) -> Value {
    inputs.append(Port(name: name, shape: shape))
    return Value(name: name, rank: shape.count)
  }

  /// Declares what the graph gives, and that `value`, the result of an operator, goes by this name.
  public mutating func addOutput(_ name: String, _ value: Value, shape: [Int]) {
    func renamed(_ old: String) -> String { old == value.name ? name : old }
    for i in nodes.indices {
      nodes[i].inputs = nodes[i].inputs.map(renamed)
      nodes[i].output = renamed(nodes[i].output)
    }
    outputs.append(Port(name: name, shape: shape))
  }

  /// Appends what a layer does in inference. Its parameters go by the names that they have in weights files.
  ///
  /// - Parameter name: The layer's full name, such as `encoder.0`.
  /// - Throws: `NetworkError.kernelFailed` for a layer that has no form in ONNX.
  public mutating func append(
    _ layer: any Layer, to input: Value, name: String
  ) throws(NetworkError) -> Value {
    guard let layer = layer as? any ONNXExportable else {
      throw .kernelFailed(operation: "export of \(name)", reason: "\(type(of: layer)) has no form in ONNX")
    }
    return try layer.export(to: &self, input: input, name: name)
  }

  /// Appends an operator whose result goes by the layer's name.
  mutating func addNode(
    _ type: String, _ inputs: [String], name: String, rank: Int,
    attributes: [(name: String, value: Attribute)] = []
  ) -> Value {
    nodes.append(Node(name: name, type: type, inputs: inputs, output: name, attributes: attributes))
    return Value(name: name, rank: rank)
  }

  /// Stores a tensor with the graph.
  mutating func addInitializer(_ name: String, _ tensor: WeightsFile.StoredTensor) -> String {
    initializers.append((name, tensor))
    return name
  }

  /// Stores a layer's parameters in the order of `parameters`.
  mutating func addParameters(of layer: any Layer, name: String) -> [String] {
    layer.parameters.map { addInitializer("\(name).\($0.name)", $0.stored) }
  }
}
