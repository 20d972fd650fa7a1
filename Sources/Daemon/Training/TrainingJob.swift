public import Anomaly
public import Decode
public import Foundation
public import Network

/// What keeps a training from starting.
public enum TrainingJobError: Error, Sendable, CustomStringConvertible {
  /// More footage than fits into the machine's memory, in bytes both.
  case tooMuchFootage(bytes: Int, memory: Int)
  /// `--resume` without a checkpoint.
  case noCheckpoint(path: String)
  /// No `--resume`, but the checkpoint of an interrupted training, which a new one would overwrite.
  case leftoverCheckpoint(path: String)

  /// What happened and what to do, in words.
  public var description: String {
    switch self {
    case .tooMuchFootage(let bytes, let memory):
      "the footage takes about \(gigabytes(bytes)) GB of memory while it is learned from, and this machine has "
        + "\(gigabytes(memory)): give shorter clips of several times of day, fewer --frames-per-second or a smaller --size"
    case .noCheckpoint(let path):
      "\(path): there is no checkpoint to go on from; leave --resume out to start anew"
    case .leftoverCheckpoint(let path):
      "\(path): this is the checkpoint of an interrupted training; go on from it with --resume, or delete it to start "
        + "anew"
    }
  }

  private func gigabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) * 1e-9) }
}

/// Reads clips, trains a model on them and writes it.
public struct TrainingJob {
  /// What a training is doing.
  public enum Progress: Sendable {
    /// Reading a clip; `fraction` of it is read.
    case reading(clip: String, fraction: Double?)
    /// Training.
    case training(TrainingRun.Progress)
    /// A remark about a clip: what was decided for the user, and what was lost in reading it.
    case remark(String)
  }

  /// The footage.
  public let clips: [MediaLocation]
  /// The model file to write.
  public let output: URL
  /// The model to start from: a path, "scratch", or nil for the weights that come along.
  public let initial: String?
  /// Frames per second; nil for those of the initial model, else 10.
  public let framesPerSecond: Double?
  /// The analysis size; nil for that of the initial model, else 128×128.
  public let analysisSize: PictureSize?
  /// How to train.
  public let options: TrainingOptions
  /// Whether to go on from a checkpoint.
  public let resumes: Bool
  /// The share of the machine.
  public let compute: Compute

  /// A training.
  public init(
    clips: [MediaLocation], output: URL, initial: String?, framesPerSecond: Double?,
    analysisSize: PictureSize?,
    options: TrainingOptions, resumes: Bool, compute: Compute
  ) {
    self.clips = clips
    self.output = output
    self.initial = initial
    self.framesPerSecond = framesPerSecond
    self.analysisSize = analysisSize
    self.options = options
    self.resumes = resumes
    self.compute = compute
  }

  /// Runs the training and writes the model.
  ///
  /// - Throws: `TrainingJobError`, `ModelFolderError`, `DecodeError`, `AnomalyError`, `NetworkError`.
  public func run(cancellation: Cancellation, progress: (Progress) -> Void) throws -> AnomalyModel {
    let checkpoint = try CheckpointPlace(besides: output, resumes: resumes)
    try WeightsFile.checkWritable(output)
    let initialModel = try Self.initialModel(initial)
    let rate = framesPerSecond ?? initialModel?.card.framesPerSecond ?? 10
    let shape = (initialModel?.card.cubeShape ?? .standard(.gray)).resized(to: analysisSize)
    var run = TrainingRun(
      clips: try TrainingFootage(clips: clips, framesPerSecond: rate, analysisSize: shape.pictureSize)
        .read(cancellation: cancellation, progress: progress),
      initial: initialModel,
      framesPerSecond: rate, cubeShape: shape,
      trainingData: clips.map { $0.description.split(separator: "/").last.map(String.init) ?? "" }.joined(
        separator: ", "),
      options: options, compute: compute)
    run.checkpoint = .init(url: checkpoint.url, resumes: resumes)
    let model = try run.run(isCancelled: { cancellation.isCancelled }, progress: { progress(.training($0)) })
    if let remark = model.remark { progress(.remark(remark)) }
    try model.weightsFile().write(to: output)
    checkpoint.remove()
    return model
  }

  /// The model to start from: by its path, nil for "scratch", or that of the weights that come along.
  static func initialModel(_ initial: String?) throws -> AnomalyModel? {
    switch initial {
    case "scratch": nil
    case let path?: try AnomalyModel(contentsOf: URL(filePath: path))
    case nil: try AnomalyModel(contentsOf: ModelFolder.baseModel())
    }
  }
}
