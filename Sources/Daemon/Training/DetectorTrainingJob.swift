public import Decode
public import Foundation
public import Network
public import ReID

/// Reads labelled pictures, trains a person detector on them and writes it.
public struct DetectorTrainingJob {
  /// What a training is doing.
  public enum Progress: Sendable {
    /// Looking at the pictures; this part is done.
    case reading(fraction: Double)
    /// Training.
    case training(DetectorTrainingRun.Progress)
  }

  /// The folder of the pictures.
  public let images: URL
  /// The boxes; see `LabelFile`.
  public let boxes: URL
  /// A folder of pictures in which nobody is; nil for none but those that the boxes name.
  public let background: URL?
  /// The model file to write.
  public let output: URL
  /// The model to start from; nil for fresh weights.
  public let initial: URL?
  /// How to train.
  public let options: DetectorTrainingOptions
  /// Whether to go on from a checkpoint.
  public let resumes: Bool
  /// The share of the machine.
  public let compute: Compute

  /// A training.
  public init(
    images: URL, boxes: URL, background: URL?, output: URL, initial: URL?, options: DetectorTrainingOptions,
    resumes: Bool, compute: Compute
  ) {
    self.images = images
    self.boxes = boxes
    self.background = background
    self.output = output
    self.initial = initial
    self.options = options
    self.resumes = resumes
    self.compute = compute
  }

  /// Runs the training and writes the model.
  ///
  /// - Throws: `TrainingJobError`, `ReIDError`, `DecodeError`, `NetworkError`.
  public func run(cancellation: Cancellation, progress: (Progress) -> Void) throws -> DetectorModel {
    let checkpoint = try CheckpointPlace(besides: output, resumes: resumes)
    try WeightsFile.checkWritable(output)
    var pictures = try LabelFile(contentsOf: boxes, pictures: images).pictures
    if let background { pictures += try LabelledPicture.background(in: background) }
    try check(pictures, cancellation: cancellation, progress: progress)
    var run = DetectorTrainingRun(
      pictures: pictures,
      initial: try initial.map { url throws(NetworkError) in try DetectorModel(contentsOf: url) },
      trainingData: "\(pictures.count) pictures of \(boxes.lastPathComponent)", options: options,
      compute: compute)
    run.checkpoint = checkpoint.url
    run.resumes = resumes
    let model = try run.run(isCancelled: { cancellation.isCancelled }, progress: { progress(.training($0)) })
    try model.weightsFile().write(to: output)
    checkpoint.remove()
    return model
  }

  /// Finds out before hours of work that a picture is missing, is none or is cut off.
  private func check(
    _ pictures: [LabelledPicture], cancellation: Cancellation, progress: (Progress) -> Void
  ) throws {
    for (number, picture) in pictures.enumerated() {
      if cancellation.isCancelled { throw ReIDError.interrupted(steps: 0, checkpoint: nil) }
      progress(.reading(fraction: Double(number) / Double(pictures.count)))
      _ = try ColorPicture(contentsOf: picture.file)
    }
  }
}
