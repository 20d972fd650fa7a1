/// Reconstructs whole cubes, and knows how far off the last reconstruction was.
final class CubeErrorMeter: CubeReconstructor {
  var cubeShape: CubeShape { reconstructor.cubeShape }
  /// The mean error of each frame's pixels in the last cube, T values: `pixelError`.
  private(set) var frameErrors: [Float] = []
  /// The mean of the same over the cube.
  var error: Float { frameErrors.reduce(0, +) / Float(frameErrors.count) }
  private let reconstructor: any CubeReconstructor

  init(_ reconstructor: any CubeReconstructor) { self.reconstructor = reconstructor }

  func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) throws {
    try reconstructor.reconstruct(cube, into: reconstruction)
    let (channels, pixelCount) = (cubeShape.content.channels, cubeShape.pixelsPerFrame)
    let copy = UnsafeBufferPointer(reconstruction)
    frameErrors = (0..<cubeShape.frames).map { frame in
      let sum = (frame * pixelCount..<(frame + 1) * pixelCount).reduce(0.0) {
        $0 + Double(pixelError($1, of: cube, copy: copy, channels: channels))
      }
      return Float(sum / Double(pixelCount))
    }
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
