/// One step of a trained network: what inference needs, and nothing else.
public protocol Operation: AnyObject {
  /// What comes out for what goes in.
  /// - Throws: `NetworkError.shapeMismatch`, and whatever a kernel reports.
  func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor
}

/// A step that can be trained: it remembers in `forward` what it needs in `backward`.
///
/// A layer belongs to one thread, and takes one `forward` and one `backward` in turn.
public protocol Layer: Operation {
  /// The result of training mode: batch statistics, active dropout, and the memory that `backward` needs.
  func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor

  /// Sets the gradients of the parameters from that of the last result, and returns the input's; a layer may return
  /// nil where `needsInputGradient` is false, which the first layer of a network makes use of.
  func backward(_ gradient: Tensor, needsInputGradient: Bool, on compute: Compute) throws(NetworkError)
    -> Tensor?

  /// What is trained and what is stored with it, with names as PyTorch gives them.
  var parameters: [Parameter] { get }

  /// Layers inside this one, with their names.
  var children: [(name: String, layer: any Layer)] { get }
}

extension Layer {
  /// No parameters.
  public var parameters: [Parameter] { [] }
  /// No layers inside.
  public var children: [(name: String, layer: any Layer)] { [] }

  /// All parameters of this layer and of those inside it, with their full names: `encoder.0.weight`.
  public func namedParameters(prefix: String = "") -> [(name: String, parameter: Parameter)] {
    parameters.map { (prefix + $0.name, $0) }
      + children.flatMap { $0.layer.namedParameters(prefix: prefix + $0.name + ".") }
  }
}

/// Keeps a layer from being used backward before forward.
func remembered<T>(_ value: T?, _ layer: String) throws(NetworkError) -> T {
  guard let value else { throw .kernelFailed(operation: layer, reason: "backward was called before forward") }
  return value
}
