/// Reconstructs whole cubes, and knows how far off the last reconstruction was.
final class CubeErrorMeter: CubeReconstructor {
  var cubeShape: CubeShape { reconstructor.cubeShape }
  /// The root mean squared error of the last cube.
  private(set) var error: Float = 0
  private let reconstructor: any CubeReconstructor

  init(_ reconstructor: any CubeReconstructor) { self.reconstructor = reconstructor }

  func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) throws {
    try reconstructor.reconstruct(cube, into: reconstruction)
    let sum = zip(cube, reconstruction).reduce(0.0) { sum, pair in
      let difference = Double(pair.0 - pair.1)
      return sum + difference * difference
    }
    error = Float((sum / Double(cube.count)).squareRoot())
  }
}
