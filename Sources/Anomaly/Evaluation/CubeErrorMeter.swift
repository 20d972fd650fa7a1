/// Reconstructs whole cubes, and knows how far off the last reconstruction was.
final class CubeErrorMeter: CubeReconstructor {
  var cubeShape: CubeShape { reconstructor.cubeShape }
  /// The mean error of the last cube's pixels: `pixelError`.
  private(set) var error: Float = 0
  private let reconstructor: any CubeReconstructor

  init(_ reconstructor: any CubeReconstructor) { self.reconstructor = reconstructor }

  func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) throws {
    try reconstructor.reconstruct(cube, into: reconstruction)
    let channels = cubeShape.content.channels
    let copy = UnsafeBufferPointer(reconstruction)
    let pixelCount = cubeShape.elementCount / channels
    let sum = (0..<pixelCount).reduce(0.0) {
      $0 + Double(pixelError($1, of: cube, copy: copy, channels: channels))
    }
    error = Float(sum / Double(pixelCount))
  }
}

/// e(x, y, t) = ‖I(x, y, t) − I′(x, y, t)‖₂ over a pixel's channels (Hasan et al. 2016; Zhao et al. 2017): for gray, the
/// absolute difference.
func pixelError(
  _ pixel: Int, of picture: UnsafeBufferPointer<Float>, copy: UnsafeBufferPointer<Float>, channels: Int
) -> Float {
  var squares: Float = 0
  for index in pixel * channels..<(pixel + 1) * channels {
    let difference = picture[index] - copy[index]
    squares += difference * difference
  }
  return squares.squareRoot()
}
