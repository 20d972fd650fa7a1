/// How far everything in a picture has moved since another one, as `MotionEstimator` finds it.
public struct DisplacementField: Sendable, Equatable {
  /// The size of the pictures.
  public let size: PictureSize
  /// Of each pixel, row by row: how far what is here in the later picture has come, x to the right, y down, in pixels.
  public let displacements: [SIMD2<Float>]
}
