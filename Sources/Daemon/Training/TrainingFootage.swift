import Anomaly
import Decode

/// Clips to be read for training, at one rate and size.
struct TrainingFootage {
  let clips: [MediaLocation]
  let framesPerSecond: Double
  let analysisSize: PictureSize
  /// What a network looks at that is to be trained alone; nil for all that cameras are judged by.
  var content: CubeContent?

  func read(
    cancellation: Cancellation, progress: (TrainingJob.Progress) -> Void
  ) throws(DecodeError) -> [TrainingClip] {
    var footage: [TrainingClip] = []
    for location in clips {
      let reader = try VideoReader(
        location,
        options: .analysis(
          framesPerSecond: framesPerSecond, size: analysisSize, motion: content?.motionSource ?? .estimated,
          cancellation: cancellation))
      let clip = try TrainingClip(
        name: location.description, reading: reader,
        fieldsPerSecond: content == .motion ? framesPerSecond : nil
      ) { _ in
        progress(.reading(clip: location.description, fraction: reader.fractionRead))
      }
      for remark in [reader.info.remark, reader.losses.summary].compactMap(\.self) {
        progress(.remark("\(location): \(remark)"))
      }
      footage.append(clip)
    }
    return footage
  }
}

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

extension CubeContent {
  /// The motion that a network for such cubes needs.
  var motionSource: MotionSource {
    switch self {
    case .gray: .off
    case .motion: .estimated
    }
  }
}
