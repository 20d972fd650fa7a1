public import Anomaly
public import Decode
public import Foundation
public import Network

/// Trains on a benchmark's normal clips, or takes a model and calibrates it there, and scores the labelled test clips.
public struct AnomalyEvaluationJob {
  /// What an evaluation is doing.
  public enum Progress: Sendable {
    /// Reading what to learn from, and learning.
    case training(TrainingJob.Progress)
    /// Scoring a clip; `fraction` of all clips is done.
    case scoring(clip: String, fraction: Double)
    /// Something the user should know.
    case remark(String)
  }

  /// What an evaluation came to.
  public struct Result {
    /// The measures.
    public let evaluation: AnomalyEvaluation
    /// The model that was measured.
    public let model: AnomalyModel
  }

  /// Normal footage to learn from: to train on without a model, to calibrate on with one; nil where the model knows the
  /// camera.
  public var training: URL?
  /// The test clips.
  public var test: URL
  /// Which frames of which clips are irregular: see `FrameLabels`.
  public var labels: URL
  /// The model to measure; nil to train one. With `training`, it is calibrated there, whether it was before or not.
  public var model: URL?
  /// The model that training starts from: a path, "scratch", or nil for the weights that come along.
  public var initial: String?
  /// The size to train at: see `CubeShape.resized`; nil for that of the initial model, else 128×128. Of no use with `model`.
  public var analysisSize: PictureSize?
  /// Masks of irregular pixels: see `MaskArchive`.
  public var masks: URL?
  /// How to train.
  public var options: TrainingOptions
  /// The share of the machine.
  public var compute: Compute

  /// An evaluation.
  public init(
    training: URL?, test: URL, labels: URL, model: URL?, initial: String?, analysisSize: PictureSize?,
    masks: URL?, options: TrainingOptions, compute: Compute
  ) {
    self.training = training
    self.test = test
    self.labels = labels
    self.model = model
    self.initial = initial
    self.analysisSize = analysisSize
    self.masks = masks
    self.options = options
    self.compute = compute
  }

  /// Runs the evaluation.
  ///
  /// - Throws: `EvaluationError`, `TrainingJobError`, `ModelFolderError`, `DecodeError`, `AnomalyError`, `NetworkError`.
  public func run(cancellation: Cancellation, progress: (Progress) -> Void) throws -> Result {
    // What can be wrong is found before the training.
    let clips = try LabelledClip.clips(in: test, labels: labels) { progress(.remark($0)) }
    let masks = try masks.map { try MaskArchive(contentsOf: $0) }
    for clip in clips { try masks?.check(clip: clip.name, labels: clip.labels) }
    let model = try readyModel(for: clips, cancellation, progress)
    guard let calibration = model.calibration else { throw EvaluationError.nothingLearned }
    if let remark = model.remark { progress(.remark(remark)) }
    let reconstructor = model.reconstructor(on: compute)
    var evaluated: [AnomalyEvaluation.Clip] = []
    for (number, clip) in clips.enumerated() {
      progress(.scoring(clip: clip.name, fraction: Double(number) / Double(clips.count)))
      let size = model.card.cubeShape.pictureSize
      let scorer = try ClipScorer(reconstructor: reconstructor, calibration: calibration) { frame in
        try masks?.truth(clip: clip.name, frame: frame, size: size, isIrregular: clip.labels[frame])
      }
      try clip.read(
        .analysis(framesPerSecond: model.card.framesPerSecond, size: size, cancellation: cancellation)
      ) { try scorer.add($0) }
      evaluated.append(
        .init(name: clip.name, scores: try scorer.finish(frameCount: clip.labels.count), labels: clip.labels))
    }
    return Result(evaluation: AnomalyEvaluation(evaluated), model: model)
  }

  private func readyModel(
    for clips: [LabelledClip], _ cancellation: Cancellation, _ progress: (Progress) -> Void
  ) throws -> AnomalyModel {
    let given = try model.map { try AnomalyModel(contentsOf: $0) }
    guard let training else {
      guard let given, given.calibration != nil else { throw EvaluationError.nothingLearned }
      return given
    }
    return try withoutActuallyEscaping(progress) { progress in
      let benchmark = BenchmarkTraining(
        folder: training, tests: clips, analysisSize: analysisSize, options: options, compute: compute,
        cancellation: cancellation
      ) { progress(.training($0)) }
      if let given { return try benchmark.calibrate(given) }
      return try benchmark.train(
        from: TrainingJob.initialModel(initial), content: .gray, learnsCamera: true)
    }
  }
}
