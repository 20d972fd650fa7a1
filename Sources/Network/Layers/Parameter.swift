/// A tensor that belongs to a layer: a weight that is trained, or a running statistic that is stored with it.
public final class Parameter {
  /// How the numbers lie here, and so how they are turned for a file, which has PyTorch's order.
  public enum Layout: Sendable, Hashable {
    /// The same here and there.
    case plain
    /// [kD, kH, kW, inC, outC] here; [outC, inC, kD, kH, kW] in files (without kD for two dimensions).
    case convolution(spatialAxes: Int)
    /// [kD, kH, kW, inC, outC] here; [inC, outC, kD, kH, kW] in files (without kD for two dimensions).
    case transposedConvolution(spatialAxes: Int)
  }

  /// The name within the layer: `weight`, `bias`, `running_mean`, `running_var`.
  public let name: String
  /// The numbers. Optimisers change them in place.
  public let value: Tensor
  /// The gradient of the loss, set by `backward`; nil before that, and for what is not trained.
  public internal(set) var gradient: Tensor?
  /// Whether optimisers change it.
  public let isTrained: Bool
  /// Whether weight decay pulls it towards zero: weights, but neither biases nor normalisation.
  public let decays: Bool
  /// How the numbers lie.
  public let layout: Layout

  init(_ name: String, _ value: Tensor, isTrained: Bool = true, decays: Bool = false, layout: Layout = .plain)
  {
    self.name = name
    self.value = value
    self.isTrained = isTrained
    self.decays = decays
    self.layout = layout
  }
}
