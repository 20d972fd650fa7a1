import Anomaly
import Decode
import Foundation

/// Clips to be read for training, at one rate and size.
struct TrainingFootage {
  let clips: [MediaLocation]
  let framesPerSecond: Double
  let analysisSize: PictureSize
  /// What a network looks at that is to be trained alone; nil for all that cameras are judged by.
  var content: CubeContent?

  /// Reads all clips.
  ///
  /// - Throws: `DecodeError`; `TrainingJobError.tooMuchFootage`, before anything is read.
  func read(
    cancellation: Cancellation, progress: (TrainingJob.Progress) -> Void
  ) throws -> [TrainingClip] {
    try checkSize(cancellation)
    var footage: [TrainingClip] = []
    for location in clips {
      let reader = try open(location, cancellation)
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

  private func open(_ clip: MediaLocation, _ cancellation: Cancellation) throws(DecodeError) -> VideoReader {
    try VideoReader(
      clip,
      options: .analysis(
        framesPerSecond: framesPerSecond, size: analysisSize, motion: content?.motionSource ?? .estimated,
        cancellation: cancellation))
  }

  /// Clips that do not say how long they are count nothing. Each is opened for it and once more to be read: a folder of hundreds would
  /// otherwise hold as many decoders at once.
  private func checkSize(_ cancellation: Cancellation) throws {
    let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    var frames = 0.0
    for clip in clips {
      let info = try open(clip, cancellation).info
      let seconds = (info.duration ?? .zero) / .seconds(1)
      frames += seconds * min(framesPerSecond, info.framesPerSecond ?? framesPerSecond)
    }
    let bytes = frames * Double(TrainingClip.bytesPerFrame(analysisSize, holdsFields: content == .motion))
    guard bytes < Self.mostOfMemory * Double(memory) else {
      throw TrainingJobError.tooMuchFootage(bytes: Int(bytes), memory: memory)
    }
  }

  /// The share of the machine's memory that footage may take: the network and the system need the rest.
  private static let mostOfMemory = 0.8
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
