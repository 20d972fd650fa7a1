public import Network

/// A trained `ConvAE` as what a `NetworkScorer` asks for.
public final class ConvAEReconstructor: CubeReconstructor {
  /// The shape of the cubes.
  public let cubeShape = ConvAE.cubeShape
  private let network: ConvAE
  private let layers: FrozenSequential
  private let compute: Compute

  /// The network as it is now; later training does not change it.
  public init(_ network: ConvAE, compute: Compute) {
    self.network = network
    self.compute = compute
    layers = network.layers.frozen()
  }

  /// Reconstructs one cube.
  ///
  /// - Throws: `NetworkError` where memory is short.
  public func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) throws {
    let (frames, pixels) = (cubeShape.frames, cubeShape.pixelsPerFrame)
    let made = try layers(network.picture { cube[$0 * pixels + $1] }, on: compute)
    made.withUnsafeBufferPointer { values in
      for frame in 0..<frames {
        for pixel in 0..<pixels {
          reconstruction[frame * pixels + pixel] = values[pixel * frames + frame] + network.meanFrame[pixel]
        }
      }
    }
  }
}
