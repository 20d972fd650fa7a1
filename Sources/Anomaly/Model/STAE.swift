public import Network

/// The spatio-temporal autoencoder: one encoder of 3-D convolutions and two decoders, one that reconstructs the cube it
/// was given and one that predicts the next (Zhao et al., "Spatio-Temporal AutoEncoder for Video Anomaly Detection",
/// ACM MM 2017).
///
/// Cubes are [N, T, H, W, C] with values in 0…1; T, H and W are multiples of 8. The paper's text leaves kernel sizes and
/// widths open; those here are what all public re-implementations agree on.
public final class STAE {
  /// What distinguishes one STAE from another.
  public struct Configuration: Sendable, Hashable, Codable {
    /// Channels of a frame: 1 for gray.
    public var channels: Int
    /// What the rectifiers let through of negative values; re-implementations differ (0.01 to 0.2).
    public var slope: Float

    /// Gray frames and a slope of 0.2 unless told otherwise.
    public init(channels: Int = 1, slope: Float = 0.2) {
      self.channels = channels
      self.slope = slope
    }
  }

  /// How many convolutions a cube and its code go through on the way to the reconstruction.
  static let reconstructionConvolutions = 8

  /// What distinguishes this one.
  public let configuration: Configuration
  /// [N, T, H, W, C] to the code, [N, T/8, H/8, W/8, 64].
  public let encoder: Sequential
  /// The code to the cube it came from.
  public let reconstruction: Sequential
  /// The code to the cube that follows.
  public let prediction: Sequential

  /// A network with fresh weights from `seed`.
  public init(_ configuration: Configuration = Configuration(), seed: UInt64) {
    var g = SeededGenerator(seed: seed)
    let (channels, slope) = (configuration.channels, configuration.slope)
    self.configuration = configuration
    encoder = Sequential([
      Conv3d(inputChannels: channels, outputChannels: 32, kernelSize: 3, padding: 1, bias: false, using: &g),
      BatchNorm(32), LeakyReLU(slope), MaxPool3d(kernelSize: 2),
      Conv3d(inputChannels: 32, outputChannels: 48, kernelSize: 3, padding: 1, bias: false, using: &g),
      BatchNorm(48), LeakyReLU(slope), MaxPool3d(kernelSize: 2),
      Conv3d(inputChannels: 48, outputChannels: 64, kernelSize: 3, padding: 1, bias: false, using: &g),
      BatchNorm(64), LeakyReLU(slope), MaxPool3d(kernelSize: 2),
      Conv3d(inputChannels: 64, outputChannels: 64, kernelSize: 3, padding: 1, bias: false, using: &g),
      BatchNorm(64), LeakyReLU(slope),
    ])
    func decoder() -> Sequential {
      Sequential([
        ConvTranspose3d(
          inputChannels: 64, outputChannels: 48, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1,
          bias: false,
          using: &g),
        BatchNorm(48), LeakyReLU(slope),
        ConvTranspose3d(
          inputChannels: 48, outputChannels: 32, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1,
          bias: false,
          using: &g),
        BatchNorm(32), LeakyReLU(slope),
        ConvTranspose3d(
          inputChannels: 32, outputChannels: 32, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1,
          bias: false,
          using: &g),
        BatchNorm(32), LeakyReLU(slope),
        Conv3d(inputChannels: 32, outputChannels: channels, kernelSize: 3, padding: 1, using: &g), Sigmoid(),
      ])
    }
    reconstruction = decoder()
    prediction = decoder()
  }

  /// Takes the weights of another model.
  ///
  /// - Throws: `NetworkError.invalidWeights` where it is built otherwise.
  func take(from model: AnomalyModel) throws(NetworkError) {
    let file = model.weightsFile()
    for part in parts { try part.layer.load(from: file, prefix: part.name + ".") }
  }

  /// The parts with their names in weights files.
  var parts: [(name: String, layer: Sequential)] {
    [("encoder", encoder), ("reconstruction", reconstruction), ("prediction", prediction)]
  }

  /// All parameters with their names in weights files: `encoder.0.weight`.
  public var namedParameters: [(name: String, parameter: Parameter)] {
    parts.flatMap { $0.layer.namedParameters(prefix: $0.name + ".") }
  }

  /// The encoder and the reconstruction branch for inference, as they are now.
  public func frozenReconstruction() -> (encoder: FrozenSequential, decoder: FrozenSequential) {
    (encoder.frozen(), reconstruction.frozen())
  }
}
