import Anomaly

/// Reconstructs each frame as the mean of its cube: what stands still or drifts comes back, what rushes by does not.
final class TemporalMean: CubeReconstructor {
  let cubeShape: CubeShape

  init(cubeShape: CubeShape = CubeShape()) { self.cubeShape = cubeShape }

  func reconstruct(_ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>)
  {
    let pixels = cubeShape.pixelsPerFrame
    for pixel in 0..<pixels {
      var sum: Float = 0
      for frame in 0..<cubeShape.frames { sum += cube[frame * pixels + pixel] }
      for frame in 0..<cubeShape.frames {
        reconstruction[frame * pixels + pixel] = sum / Float(cubeShape.frames)
      }
    }
  }
}
