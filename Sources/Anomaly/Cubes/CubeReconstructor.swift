/// Maps a cube to its reconstruction; what it cannot reconstruct is irregular.
public protocol CubeReconstructor: AnyObject {
  /// The shape of both the cube and its reconstruction.
  var cubeShape: CubeShape { get }

  /// Reconstructs one cube.
  ///
  /// - Parameters:
  ///   - cube: `[T, H, W]`, row-major, 0…1, valid only during the call.
  ///   - reconstruction: written whole, same layout and range.
  func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>) throws
}
