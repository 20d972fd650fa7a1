import Decode
public import Foundation
public import Network

/// From footage to a model: trains, keeps checkpoints, and calibrates, above all on what was held back.
public struct TrainingRun {
  /// Where a training stands.
  public struct Progress: Sendable {
    /// The last step.
    public let report: Trainer.Report
    /// The mean squared error on held-back footage, measured now and then.
    public let validationLoss: Double?
    /// Seconds of training so far.
    public let seconds: Double
  }

  /// A checkpoint file; see `ResumableTraining`.
  public struct CheckpointFile: Sendable {
    /// Where it is.
    public let url: URL
    /// Whether to go on from it.
    public let resumes: Bool

    /// A checkpoint file.
    public init(url: URL, resumes: Bool) {
      self.url = url
      self.resumes = resumes
    }
  }

  private static let stepsBetweenValidations = 100

  /// The footage, at `framesPerSecond` and the size of the cubes.
  public var clips: [TrainingClip]
  /// The model to start from, for the same kind of cubes; nil for fresh weights.
  public var initial: AnomalyModel?
  /// Frames per second of the footage.
  public var framesPerSecond: Double
  /// The shape of the cubes.
  public var cubeShape: CubeShape
  /// The footage in words, for the model's card.
  public var trainingData: String
  /// How to train.
  public var options: TrainingOptions
  /// False alerts per camera and day that the calibration aims at.
  public var falseAlertsPerDay = 1.0
  /// Whether to calibrate the model and to study how it does in integers, on footage that is held back for it; for networks
  /// that take gray frames. Otherwise all footage is learned from.
  public var learnsCamera = true
  /// The share of the machine.
  public var compute: Compute
  /// Where checkpoints go; nil for none.
  public var checkpoint: CheckpointFile?
  /// Seconds on a monotonic clock, for budgets in time.
  public var now: () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// A run on this footage.
  public init(
    clips: [TrainingClip], initial: AnomalyModel?, framesPerSecond: Double, cubeShape: CubeShape,
    trainingData: String,
    options: TrainingOptions, compute: Compute
  ) {
    precondition(cubeShape.isUsable, "a STAE halves every extent three times; they must be multiples of 8")
    self.clips = clips
    self.initial = initial
    self.framesPerSecond = framesPerSecond
    self.cubeShape = cubeShape
    self.trainingData = trainingData
    self.options = options
    self.compute = compute
  }

  /// Trains until the budget is used up and, where asked for, learns the camera with the trained network.
  ///
  /// - Throws: `AnomalyError.clipsTooShort`, `.tooLittleFootage`, `.noMotion`, `.interrupted` after a cancellation,
  ///   `.diverged`, `NetworkError`.
  public func run(isCancelled: () -> Bool, progress: (Progress) -> Void) throws -> AnomalyModel {
    if cubeShape.content == .motion, let clip = clips.first(where: { $0.fields == nil }) {
      throw AnomalyError.noMotion(clip: clip.name)
    }
    let windowFrames = 2 * cubeShape.frames
    let footage =
      learnsCamera
      ? try FootageSplit(clips, windowFrames: windowFrames)
      : try FootageSplit(undivided: clips, windowFrames: windowFrames)
    let configuration =
      initial?.network.configuration ?? STAE.Configuration(channels: cubeShape.content.channels)
    let network = STAE(configuration, seed: options.seed)
    if let initial { try network.take(from: initial) }
    let trainer = Trainer(
      network, footage: footage, framesPerSecond: framesPerSecond, cubeShape: cubeShape, options: options,
      compute: compute, now: now)
    if let checkpoint, checkpoint.resumes {
      try trainer.resume(from: WeightsFile(contentsOf: checkpoint.url))
    }
    try train(trainer, isCancelled: isCancelled, progress: progress)
    let card = AnomalyModel.Card(
      framesPerSecond: framesPerSecond, cubeShape: cubeShape, trainingData: trainingData,
      steps: trainer.step + (initial?.card.steps ?? 0), seed: options.seed)
    guard learnsCamera else {
      return AnomalyModel(network: network, card: card, calibration: nil)
    }
    return AnomalyModel(
      network: network, card: card,
      calibration: try calibration(of: trainer, on: footage, isCancelled: isCancelled),
      quantisation: try quantisation(of: trainer, on: footage, isCancelled: isCancelled))
  }

  /// How the network does in 8-bit integers.
  private func quantisation(
    of trainer: Trainer, on footage: FootageSplit, isCancelled: () -> Bool
  ) throws -> Quantisation? {
    let study = QuantisationStudy(network: trainer.network, cubeShape: cubeShape, compute: compute)
    return try study.run(training: footage.training, heldBack: footage.heldBack) {
      if isCancelled() { throw interruption(of: trainer) }
    }
  }

  private func interruption(of trainer: Trainer) -> AnomalyError {
    .interrupted(steps: trainer.step, checkpoint: checkpoint?.url.path)
  }

  private func train(_ trainer: Trainer, isCancelled: () -> Bool, progress: (Progress) -> Void) throws {
    try trainer.run(checkpoint: checkpoint?.url) {
      if isCancelled() { throw interruption(of: trainer) }
    } takeStep: {
      let report = try trainer.trainStep()
      let validates = report.step % Self.stepsBetweenValidations == 0 || trainer.isFinished
      progress(
        Progress(
          report: report, validationLoss: validates ? try trainer.validationLoss() : nil,
          seconds: trainer.seconds))
    }
  }

  private func calibration(
    of trainer: Trainer, on footage: FootageSplit, isCancelled: () -> Bool
  ) throws -> Calibration {
    let reconstructor = STAEReconstructor(trainer.network, cubeShape: cubeShape, compute: compute)
    guard
      let calibration = try footage.calibration(
        of: reconstructor, falseAlertsPerDay: falseAlertsPerDay, isCancelled: isCancelled)
    else { throw interruption(of: trainer) }
    return calibration
  }
}
