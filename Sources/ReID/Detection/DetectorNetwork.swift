public import Network

/// A single-class, anchor-free person detector: plain convolutions down to a 32nd of the picture, and a top-down path that
/// brings what is known there back to an eighth (Lin et al. 2017, "Feature Pyramid Networks").
///
/// Pictures are [N, H, W, 3], RGB in 0…1, sides multiples of 32. Every cell of the grids at strides 8, 16 and 32 answers
/// with `outputChannels` numbers, of which the first five mean something: the logit of the score, and the box as
/// Ge et al. (2021, "YOLOX") write it, relative to the cell's centre and in strides: Δx, Δy, log width, log height. There
/// are 16 because our kernels sum into multiples of 16 channels.
///
/// 0.53 M weights; 0.22 GMAC for 320×320. Dense convolutions: our kernels run these near the machine's peak, so that a
/// network of depthwise convolutions with half the arithmetic is no faster.
public final class DetectorNetwork {
  /// Pixels from one cell to the next, level by level.
  public static let strides = [8, 16, 32]
  /// Numbers per cell.
  public static let outputChannels = 16

  /// A stretch of the network without branches.
  enum Part: String, CaseIterable {
    case stride8, stride16, stride32
    case narrow32, enlarge32, lateral16, enlarge16, lateral8
    case head8, head16, head32
  }

  let parts: [Part: Sequential]

  /// A network with fresh weights from `seed`.
  public init(seed: UInt64) {
    var g = SeededGenerator(seed: seed)
    func conv(_ inputs: Int, _ outputs: Int, _ kernelSize: Int, stride: Int = 1) -> [any Layer] {
      [
        Conv2d(
          inputChannels: inputs, outputChannels: outputs, kernelSize: kernelSize, stride: stride,
          padding: kernelSize / 2, bias: false, using: &g),
        BatchNorm(outputs, momentum: 0.03), LeakyReLU(0.1),
      ]
    }
    func bottleneck(_ channels: Int) -> Residual {
      Residual(conv(channels, channels / 2, 1) + conv(channels / 2, channels, 3))
    }
    func lateral(_ inputs: Int, _ outputs: Int) -> [any Layer] { conv(inputs, outputs, 1).dropLast() }
    func head(_ inputs: Int, _ width: Int) -> [any Layer] {
      conv(inputs, width, 3) + [
        Conv2d(inputChannels: width, outputChannels: Self.outputChannels, kernelSize: 1, using: &g)
      ]
    }
    parts = [
      .stride8: Sequential(
        conv(3, 16, 3, stride: 2) + conv(16, 32, 3, stride: 2) + conv(32, 64, 3, stride: 2) + [bottleneck(64)]
      ),
      .stride16: Sequential(conv(64, 96, 3, stride: 2) + [bottleneck(96)]),
      .stride32: Sequential(conv(96, 128, 3, stride: 2) + [bottleneck(128), bottleneck(128)]),
      .narrow32: Sequential(conv(128, 64, 1)),
      .enlarge32: Sequential([Upsample2d()]),
      .lateral16: Sequential(lateral(96, 64)),
      .enlarge16: Sequential(conv(64, 32, 1) + [Upsample2d()]),
      .lateral8: Sequential(lateral(64, 32)),
      .head8: Sequential(head(32, 48)),
      .head16: Sequential(head(64, 64)),
      .head32: Sequential(head(64, 64)),
    ]
    for part in [Part.head8, .head16, .head32] { setPrior(part) }
  }

  /// At first nobody is anywhere (Lin et al. 2017, "Focal Loss", section 3.3), and who is, is upright.
  private func setPrior(_ part: Part) {
    guard let last = parts[part]?.layers.last else { return }
    for parameter in last.parameters {
      parameter.value.withUnsafeMutableBufferPointer { values in
        if parameter.name == "bias" {
          values.update(repeating: 0)
          (values[0], values[3], values[4]) = (-4.6, 0.4, 1.3)
        } else {
          for i in values.indices { values[i] *= 0.1 }
        }
      }
    }
  }

  /// All parameters with their names in weights files: `stride8.0.weight`.
  public var namedParameters: [(name: String, parameter: Parameter)] {
    Part.allCases.flatMap { parts[$0]?.namedParameters(prefix: $0.rawValue + ".") ?? [] }
  }

  /// How the parts hang together, whatever runs them: the answers of each level, in the order of `strides`.
  static func levels(
    of picture: Tensor, on compute: Compute, run: (Part, Tensor) throws(NetworkError) -> Tensor
  ) throws(NetworkError) -> [Tensor] {
    let eighth = try run(.stride8, picture)
    let sixteenth = try run(.stride16, eighth)
    let coarse = try run(.narrow32, run(.stride32, sixteenth))
    let middle = try run(.lateral16, sixteenth)
    middle.add(try run(.enlarge32, coarse), on: compute)
    let fine = try run(.lateral8, eighth)
    fine.add(try run(.enlarge16, middle), on: compute)
    return [try run(.head8, fine), try run(.head16, middle), try run(.head32, coarse)]
  }

  /// The answers in training mode, [N, H / stride, W / stride, outputChannels] for every stride.
  func forward(_ picture: Tensor, on compute: Compute) throws(NetworkError) -> [Tensor] {
    try Self.levels(of: picture, on: compute) { part, x throws(NetworkError) in
      try self[part].forward(x, on: compute)
    }
  }

  /// Sets all gradients from those of the answers.
  func backward(_ gradients: [Tensor], on compute: Compute) throws(NetworkError) {
    func back(_ part: Part, _ gradient: Tensor) throws(NetworkError) -> Tensor {
      let gx = try self[part].backward(gradient, needsInputGradient: part != .stride8, on: compute)
      return gx ?? gradient
    }
    let fine = try back(.head8, gradients[0])
    let middle = try back(.head16, gradients[1])
    middle.add(try back(.enlarge16, fine), on: compute)
    let coarse = try back(.head32, gradients[2])
    coarse.add(try back(.enlarge32, middle), on: compute)
    let sixteenth = try back(.lateral16, middle)
    sixteenth.add(try back(.stride32, back(.narrow32, coarse)), on: compute)
    let eighth = try back(.lateral8, fine)
    eighth.add(try back(.stride16, sixteenth), on: compute)
    _ = try back(.stride8, eighth)
  }

  /// The network as it is now, for inference.
  func frozen() -> FrozenDetectorNetwork { FrozenDetectorNetwork(parts: parts.mapValues { $0.frozen() }) }

  private subscript(part: Part) -> Sequential { parts[part] ?? Sequential([]) }
}

/// A detector network ready for inference. Belongs to one thread.
final class FrozenDetectorNetwork {
  private let parts: [DetectorNetwork.Part: FrozenSequential]

  init(parts: [DetectorNetwork.Part: FrozenSequential]) { self.parts = parts }

  /// The answers, as of `DetectorNetwork`.
  func callAsFunction(_ picture: Tensor, on compute: Compute) throws(NetworkError) -> [Tensor] {
    try DetectorNetwork.levels(of: picture, on: compute) { part, x throws(NetworkError) in
      try parts[part]?(x, on: compute) ?? x
    }
  }
}
