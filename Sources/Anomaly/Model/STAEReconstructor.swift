public import Network

/// STAE's reconstruction branch as what a `FeatureStream` asks for.
public final class STAEReconstructor: CubeReconstructor {
  /// The arithmetic of a network.
  public enum Precision: Sendable, Hashable {
    /// 32-bit floats.
    case full
    /// 8-bit integers, with these ranges of the activations: of the cube, then of each convolution but the last.
    case int8([ActivationRange])
  }

  /// The shape of the cubes.
  public let cubeShape: CubeShape
  private let network: SlidingNetwork
  private let compute: Compute

  /// The network as it is now; later training does not change it.
  public init(_ network: STAE, cubeShape: CubeShape, precision: Precision = .full, compute: Compute) {
    self.cubeShape = cubeShape
    self.compute = compute
    let (encoder, decoder) = network.frozenReconstruction()
    var ranges: [ActivationRange]?
    if case .int8(let known) = precision { ranges = known }
    self.network = SlidingNetwork([encoder, decoder], ranges: ranges)
  }

  /// Reconstructs one cube.
  ///
  /// - Throws: `NetworkError` where memory is short.
  public func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) throws {
    let y = try network(tensor(of: cube), on: compute)
    y.withUnsafeBufferPointer { _ = reconstruction.update(fromContentsOf: $0) }
  }

  /// Reconstructs the last `hop` frames of a cube that goes on where the last one ended: the same frames as of the whole
  /// cube, bit for bit.
  ///
  /// - Throws: `NetworkError` where memory is short.
  public func reconstructNext(
    _ cube: UnsafeBufferPointer<Float>, hop: Int, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) throws {
    let y = try network.next(tensor(of: cube), hop: hop, on: compute)
    let tail = UnsafeMutableBufferPointer(
      rebasing: reconstruction[(cubeShape.frames - hop) * cubeShape.valuesPerFrame..<cubeShape.elementCount])
    y.withUnsafeBufferPointer { _ = tail.update(fromContentsOf: $0) }
  }

  private func tensor(of cube: UnsafeBufferPointer<Float>) -> Tensor {
    let x = Tensor(cubeShape.tensorShape, repeating: 0)
    x.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: cube) }
    return x
  }
}
