/// The numbers that an activation takes on, as observed: what its 8-bit form must be able to say.
public struct ActivationRange: Sendable, Hashable, Codable {
  /// The lowest, zero or less: what pads a convolution is always among them.
  public private(set) var lowest: Float
  /// The highest, zero or more.
  public private(set) var highest: Float

  /// A range; zero is added to it.
  public init(lowest: Float, highest: Float) {
    self.lowest = min(0, lowest)
    self.highest = max(0, highest)
  }

  /// That of these numbers.
  init(of tensor: Tensor) {
    var (lowest, highest): (Float, Float) = (0, 0)
    tensor.withUnsafeBufferPointer { values in
      for value in values {
        lowest = min(lowest, value)
        highest = max(highest, value)
      }
    }
    self.init(lowest: lowest, highest: highest)
  }

  /// Takes in what another says.
  public mutating func formUnion(_ other: ActivationRange) {
    lowest = min(lowest, other.lowest)
    highest = max(highest, other.highest)
  }

  /// Whether numbers can be told apart in it.
  public var isUsable: Bool {
    lowest.isFinite && highest.isFinite && lowest <= 0 && highest >= 0 && highest - lowest > 1e-20
  }

  /// The number between two neighbouring bytes.
  var scale: Float { (highest - lowest) / 255 }

  /// The byte that stands for zero.
  var zero: Int32 { Int32((-lowest / scale).rounded()) }
}
