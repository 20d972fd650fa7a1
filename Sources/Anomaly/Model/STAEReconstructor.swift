public import Network

/// STAE's reconstruction branch as what a `FeatureStream` asks for.
public final class STAEReconstructor: CubeReconstructor {
  /// The shape of the cubes.
  public let cubeShape: CubeShape
  private let encoder: FrozenSequential
  private let decoder: FrozenSequential
  private let compute: Compute

  /// The network as it is now; later training does not change it.
  public init(_ network: STAE, cubeShape: CubeShape, compute: Compute) {
    self.cubeShape = cubeShape
    self.compute = compute
    (encoder, decoder) = network.frozenReconstruction()
  }

  /// Reconstructs one cube.
  ///
  /// - Throws: `NetworkError` where memory is short.
  public func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) throws {
    let x = Tensor([1, cubeShape.frames, cubeShape.height, cubeShape.width, 1], repeating: 0)
    x.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: cube) }
    let y = try decoder(encoder(x, on: compute), on: compute)
    y.withUnsafeBufferPointer { _ = reconstruction.update(fromContentsOf: $0) }
  }
}
