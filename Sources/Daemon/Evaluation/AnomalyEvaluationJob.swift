public import Anomaly
public import Decode
public import Foundation
public import Network

/// Trains on a benchmark's normal clips, or takes a model, and scores its labelled test clips.
public struct AnomalyEvaluationJob {
  /// What an evaluation is doing.
  public enum Progress: Sendable {
    /// Reading what to learn from, and learning.
    case training(TrainingJob.Progress)
    /// Scoring a clip; `fraction` of all clips is done.
    case scoring(clip: String, fraction: Double)
  }

  /// What an evaluation came to.
  public struct Result {
    /// The measures.
    public let evaluation: AnomalyEvaluation
    /// The model that was measured.
    public let model: AnomalyModel
  }

  /// Normal footage to learn from; nil where the model knows the camera.
  public var training: URL?
  /// The test clips.
  public var test: URL
  /// Which frames of which clips are irregular: see `FrameLabels`.
  public var labels: URL
  /// The model to measure; nil to train one. One that is not calibrated is calibrated on the training footage.
  public var model: URL?
  /// The model that training starts from: a path, "scratch", or nil for the weights that come along.
  public var initial: String?
  /// Masks of irregular pixels: see `MaskArchive`.
  public var masks: URL?
  /// How to train.
  public var options: TrainingOptions
  /// The share of the machine.
  public var compute: Compute

  /// An evaluation.
  public init(
    training: URL?, test: URL, labels: URL, model: URL?, initial: String?, masks: URL?,
    options: TrainingOptions,
    compute: Compute
  ) {
    self.training = training
    self.test = test
    self.labels = labels
    self.model = model
    self.initial = initial
    self.masks = masks
    self.options = options
    self.compute = compute
  }

  /// Runs the evaluation.
  ///
  /// - Throws: `EvaluationError`, `TrainingJobError`, `DecodeError`, `AnomalyError`, `NetworkError`.
  public func run(cancellation: Cancellation, progress: (Progress) -> Void) throws -> Result {
    // What can be wrong is found before the training.
    let clips = try LabelledClip.clips(in: test, labels: labels)
    let masks = try masks.map { try MaskArchive(contentsOf: $0) }
    for clip in clips { try masks?.check(clip: clip.name, frames: clip.labels.indices) }
    let model = try readyModel(for: clips, cancellation) { progress(.training($0)) }
    guard let calibration = model.calibration else { throw EvaluationError.nothingLearned }
    let reconstructor = model.reconstructor(on: compute)
    var evaluated: [AnomalyEvaluation.Clip] = []
    for (number, clip) in clips.enumerated() {
      progress(.scoring(clip: clip.name, fraction: Double(number) / Double(clips.count)))
      let size = model.card.cubeShape.pictureSize
      let scorer = try ClipScorer(reconstructor: reconstructor, calibration: calibration) { frame in
        try masks?.truth(clip: clip.name, frame: frame, size: size)
      }
      try clip.read(
        .analysis(framesPerSecond: model.card.framesPerSecond, size: size, cancellation: cancellation)
      ) { try scorer.add($0) }
      evaluated.append(
        .init(name: clip.name, scores: try scorer.finish(frameCount: clip.labels.count), labels: clip.labels))
    }
    return Result(evaluation: AnomalyEvaluation(evaluated), model: model)
  }

  // MARK: The model

  private func readyModel(
    for clips: [LabelledClip], _ cancellation: Cancellation, _ progress: (TrainingJob.Progress) -> Void
  ) throws -> AnomalyModel {
    var given = try model.map { try AnomalyModel(contentsOf: $0) }
    if let given, given.calibration != nil { return given }
    guard let training else { throw EvaluationError.nothingLearned }
    let normal = try ClipFolder(training).clips.map { MediaLocation(file: $0) }
    for clip in clips { try clip.checkFrameCount(cancellation) }
    let start = try given ?? TrainingJob.initialModel(initial)
    let shape = start?.card.cubeShape ?? CubeShape()
    let rate = start?.card.framesPerSecond ?? 10
    let footage = try TrainingFootage(
      clips: normal, framesPerSecond: rate,
      analysisSize: shape.pictureSize
    ).read(cancellation: cancellation, progress: progress)
    guard let uncalibrated = given else {
      return try TrainingRun(
        clips: footage, initial: start, framesPerSecond: rate, cubeShape: shape,
        trainingData: training.lastPathComponent, options: options, compute: compute
      ).run(isCancelled: { cancellation.isCancelled }, progress: { progress(.training($0)) })
    }
    given?.calibration = try FootageSplit(footage, windowFrames: 2 * shape.frames).calibration(
      of: uncalibrated.reconstructor(on: compute), isCancelled: { cancellation.isCancelled })
    guard let given, given.calibration != nil else {
      throw AnomalyError.interrupted(steps: 0, checkpoint: nil)
    }
    return given
  }
}
