public import Decode
public import Network

/// The network that turns the picture of a person into an embedding: the backbone of MSP-CNN (Shen et al., "Learning
/// Multi-level Similarity for Person Re-identification", ACM MM 2017, Table 1), with the inception modules of its
/// reference 42 (Xiao et al., "Learning Deep Feature Representations with Domain Guided Dropout", CVPR 2016) at half
/// width.
///
/// Crops are [N, 144, 56, 3], red, green and blue in `CropTensor`'s units.
public final class MSPCNN {
  /// What the network looks at.
  public static let inputSize = PictureSize(width: 56, height: 144)
  /// Convolutions of the stem and the body, which have a form in 8-bit integers.
  static let convolutionCount = 3 + 3 * (7 + 5)
  /// Numbers in an embedding.
  public static let dimension = 256

  /// [N, 144, 56, 3] to Pool1, [N, 72, 28, 16], where low-level similarity is measured.
  public let stem: Sequential
  /// Pool1 to Global_Pool, [N, 1, 1, 768].
  public let body: Sequential
  /// Global_Pool to FC7, [N, 1, 1, 256], as it is before the paper's rectifier: people are told apart by angles, to which
  /// the side that a rectifier would cut off tells as much.
  public let head: Sequential

  /// A network with fresh weights from `seed`.
  public init(seed: UInt64) {
    var g = SeededGenerator(seed: seed)
    stem = Sequential(
      convolution(3, 16, kernel: 3, using: &g) + convolution(16, 16, kernel: 3, using: &g)
        + convolution(16, 16, kernel: 3, using: &g) + [MaxPool2d(kernelSize: 2)])
    body = Sequential([
      inceptionA(16, 32, using: &g), inceptionB(128, 32, using: &g),
      inceptionA(192, 64, using: &g), inceptionB(256, 64, using: &g),
      inceptionA(384, 128, using: &g), inceptionB(512, 128, poolPadding: (0, 1), using: &g),
      GlobalAveragePool2d(),
    ])
    head = Sequential([
      Linear(768, Self.dimension, bias: false, using: &g), BatchNorm(Self.dimension),
    ])
  }

  /// The parts with their names in weights files.
  var parts: [(name: String, layer: Sequential)] { [("stem", stem), ("body", body), ("head", head)] }

  /// Takes the weights of another model.
  ///
  /// - Throws: `NetworkError.invalidWeights` where it is built otherwise.
  public func take(from model: EmbedderModel) throws(NetworkError) {
    let file = model.weightsFile()
    for part in parts { try part.layer.load(from: file, prefix: part.name + ".") }
  }

  /// All parameters with their names in weights files.
  public var namedParameters: [(name: String, parameter: Parameter)] {
    parts.flatMap { $0.layer.namedParameters(prefix: $0.name + ".") }
  }

  /// The network as it is now, for inference: [N, 144, 56, 3] to [N, 1, 1, 256].
  public func frozen() -> FrozenSequential { Sequential([stem, body, head]).frozen() }
}

/// A convolution with normalisation and rectifier: "Conv" in the paper's table.
private func convolution(
  _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, using g: inout SeededGenerator
) -> [any Layer] {
  [
    Conv2d(
      inputChannels: inputs, outputChannels: outputs, kernelSize: kernel, stride: stride,
      padding: kernel / 2, bias: false, using: &g),
    BatchNorm(outputs), ReLU(),
  ]
}

/// Keeps the size: four branches of n channels each.
private func inceptionA(_ inputs: Int, _ n: Int, using g: inout SeededGenerator) -> Concatenate {
  Concatenate([
    Sequential(convolution(inputs, n, kernel: 1, using: &g)),
    Sequential(convolution(inputs, n, kernel: 1, using: &g) + convolution(n, n, kernel: 3, using: &g)),
    Sequential(
      convolution(inputs, n, kernel: 1, using: &g) + convolution(n, n, kernel: 3, using: &g)
        + convolution(n, n, kernel: 3, using: &g)),
    Sequential(
      [AveragePool2d(kernelSize: (3, 3), stride: 1, padding: 1)]
        + convolution(inputs, n, kernel: 1, using: &g)),
  ])
}

/// Halves the size: two branches of n channels, and the input itself, pooled.
private func inceptionB(
  _ inputs: Int, _ n: Int, poolPadding: (height: Int, width: Int) = (0, 0), using g: inout SeededGenerator
) -> Concatenate {
  Concatenate([
    Sequential(
      convolution(inputs, n, kernel: 1, using: &g) + convolution(n, n, kernel: 3, stride: 2, using: &g)),
    Sequential(
      convolution(inputs, n, kernel: 1, using: &g) + convolution(n, n, kernel: 3, using: &g)
        + convolution(n, n, kernel: 3, stride: 2, using: &g)),
    MaxPool2d(kernelSize: 3, stride: 2, padding: poolPadding, roundsUp: true),
  ])
}
