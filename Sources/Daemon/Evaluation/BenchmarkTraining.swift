import Anomaly
import Decode
import Foundation
import Network

/// What a benchmark's normal clips are for: a model is trained on them, or calibrated.
struct BenchmarkTraining {
  /// What networks with fresh weights are trained and scored at.
  static let framesPerSecond = 10.0

  /// The folder of normal clips.
  let folder: URL
  /// The test clips, none of which may be learned from.
  let tests: [LabelledClip]
  /// The size to train at: see `CubeShape.resized`; nil for that of the model to start from, else 128×128.
  let analysisSize: PictureSize?
  /// How to train.
  let options: TrainingOptions
  let compute: Compute
  let cancellation: Cancellation
  let progress: (TrainingJob.Progress) -> Void

  /// Trains from a model, or from fresh weights for cubes of `content`.
  ///
  /// - Parameter learnsCamera: whether to learn what is usual at each place, motion included, and not the network alone.
  /// - Throws: `EvaluationError`, `DecodeError`, `AnomalyError`, `NetworkError`.
  func train(from start: AnomalyModel?, content: CubeContent, learnsCamera: Bool) throws -> AnomalyModel {
    let shape = cubeShape(from: start, content: content)
    let rate = start?.card.framesPerSecond ?? Self.framesPerSecond
    var run = TrainingRun(
      clips: try footage(shape: shape, framesPerSecond: rate, content: learnsCamera ? nil : content),
      initial: start, framesPerSecond: rate, cubeShape: shape, trainingData: folder.lastPathComponent,
      options: options, compute: compute)
    run.learnsCamera = learnsCamera
    return try run.run(isCancelled: { cancellation.isCancelled }, progress: { progress(.training($0)) })
  }

  /// The cubes of a training from a model, or from fresh weights for `content`.
  func cubeShape(from start: AnomalyModel?, content: CubeContent) -> CubeShape {
    (start?.card.cubeShape ?? .standard(content)).resized(to: analysisSize)
  }

  /// Trains the baseline of Hasan et al. on all of the folder.
  ///
  /// - Throws: As `train`.
  func trainConvAE() throws -> (network: ConvAE, steps: Int) {
    let clips = try footage(
      shape: ConvAE.cubeShape, framesPerSecond: Self.framesPerSecond, content: .gray)
    return try ConvAETraining(clips: clips, options: options, compute: compute)
      .run(isCancelled: { cancellation.isCancelled }, progress: { progress(.training($0)) })
  }

  /// The model with what is usual in this folder in place of what it knew; nothing is trained.
  ///
  /// - Throws: As `train`.
  func calibrate(_ model: AnomalyModel) throws -> AnomalyModel {
    let shape = model.card.cubeShape
    let clips = try footage(shape: shape, framesPerSecond: model.card.framesPerSecond, content: nil)
    var calibrated = model
    // In floats, as in training, whatever the model is scored in.
    calibrated.calibration = try FootageSplit(clips, windowFrames: 2 * shape.frames).calibration(
      of: STAEReconstructor(model.network, cubeShape: shape, compute: compute),
      isCancelled: { cancellation.isCancelled })
    guard calibrated.calibration != nil else { throw AnomalyError.interrupted(steps: 0, checkpoint: nil) }
    return calibrated
  }

  private func footage(
    shape: CubeShape, framesPerSecond: Double, content: CubeContent?
  ) throws -> [TrainingClip] {
    let normal = try ClipFolder(folder).clips
    try checkNotTested(normal)
    for test in tests { try test.checkFrameCount(cancellation) }
    return try TrainingFootage(
      clips: normal.map { MediaLocation(file: $0) }, framesPerSecond: framesPerSecond,
      analysisSize: shape.pictureSize, content: content
    ).read(cancellation: cancellation, progress: progress)
  }

  private func checkNotTested(_ normal: [URL]) throws(EvaluationError) {
    let tested = Set(tests.map { $0.url.resolvingSymlinksInPath().path })
    for clip in normal where tested.contains(clip.resolvingSymlinksInPath().path) {
      throw .trainsOnTest(clip: clip.path)
    }
  }
}
