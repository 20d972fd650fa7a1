import Decode

extension ReaderOptions {
  /// What every pipeline reads with, so that a model meets what it was trained on.
  static func analysis(
    framesPerSecond: Double, size: PictureSize, motion: MotionSource = .estimated,
    cancellation: Cancellation
  ) -> ReaderOptions {
    ReaderOptions(
      analysisFramesPerSecond: framesPerSecond, analysisSize: size, motion: motion,
      fallbackFramesPerSecond: framesPerSecond, cancellation: cancellation)
  }
}
