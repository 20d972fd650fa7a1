/// How far everything in a picture has moved since another one, as `MotionEstimator` finds it.
public struct DisplacementField: Sendable, Equatable {
  /// The grid of displacements, which covers the whole picture evenly: half as many each way as the picture has pixels
  /// (rounded up), or as many where a side of the picture has less than 24.
  public let size: PictureSize
  /// Row by row, `size.pixelCount` of them: how far what is here in the later picture has come, x to the right, y down, in
  /// pixels of the picture.
  public let displacements: [SIMD2<Float>]
}
