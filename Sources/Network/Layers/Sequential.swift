/// Layers one after the other.
public final class Sequential: Layer {
  /// The layers, first to last.
  public let layers: [any Layer]
  /// What runs in training: the layers, with a normalisation and the rectifier after it as one.
  private let steps: [any Layer]

  /// These layers, first to last.
  public init(_ layers: [any Layer]) {
    self.layers = layers
    var steps: [any Layer] = []
    for layer in layers {
      if let rectifier = layer as? LeakyReLU, let norm = steps.last as? BatchNorm {
        steps[steps.count - 1] = NormalizedRectifier(norm, slope: rectifier.slope)
      } else {
        steps.append(layer)
      }
    }
    self.steps = steps
  }

  /// The layers, numbered.
  public var children: [(name: String, layer: any Layer)] {
    layers.enumerated().map { (String($0.offset), $0.element) }
  }

  /// The result of the last layer.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    var x = x
    for step in steps { x = try step(x, on: compute) }
    return x
  }

  /// The result of the last layer in training mode.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    var x = x
    for step in steps { x = try step.forward(x, on: compute) }
    return x
  }

  /// Back through the layers, last to first. The input gradient of the first is computed only where it is needed.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    var gradient: Tensor? = gradient
    for (index, step) in steps.enumerated().reversed() {
      guard let incoming = gradient else { return nil }
      gradient = try step.backward(incoming, needsInputGradient: needsInputGradient || index > 0, on: compute)
    }
    return gradient
  }

  /// The layers as they are now, for inference: normalisations folded into the convolutions before them, rectifiers and
  /// poolings done in the same pass. Later training does not change it.
  public func frozen() -> FrozenSequential { FrozenSequential(layers) }
}
