/// Maps a cube to its reconstruction; what it cannot reconstruct is irregular.
public protocol CubeReconstructor: AnyObject {
  /// The shape of both the cube and its reconstruction.
  var cubeShape: CubeShape { get }

  /// Reconstructs one cube.
  ///
  /// - Parameters:
  ///   - cube: `[T, H, W, C]`, row-major, 0…1, valid only during the call.
  ///   - reconstruction: written whole, same layout and range.
  func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>) throws

  /// Reconstructs the newest frames of a cube that goes on where the last one ended: one whose other frames were the
  /// last of the cube of the call before, of this function or the other.
  ///
  /// - Parameters:
  ///   - cube: As above.
  ///   - hop: How many frames are new, 1…T.
  ///   - reconstruction: Same layout; at least the last `hop` frames are written.
  func reconstructNext(
    _ cube: UnsafeBufferPointer<Float>, hop: Int, into reconstruction: UnsafeMutableBufferPointer<Float>)
    throws
}

extension CubeReconstructor {
  /// Reconstructs the whole cube.
  public func reconstructNext(
    _ cube: UnsafeBufferPointer<Float>, hop: Int, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) throws {
    try reconstruct(cube, into: reconstruction)
  }
}
