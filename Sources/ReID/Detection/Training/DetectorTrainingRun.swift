public import Foundation
public import Network

/// From labelled pictures to a detector: trains, and keeps checkpoints.
public struct DetectorTrainingRun {
  /// Where a training stands.
  public struct Progress: Sendable {
    /// The last step.
    public let report: DetectorTrainer.Report
    /// Seconds of training so far.
    public let seconds: Double
  }

  /// The pictures.
  public var pictures: [LabelledPicture]
  /// The model to start from; nil for fresh weights.
  public var initial: DetectorModel?
  /// The pictures in words, for the model's card.
  public var trainingData: String
  /// How to train.
  public var options: DetectorTrainingOptions
  /// The share of the machine.
  public var compute: Compute
  /// Where checkpoints go; nil for none.
  public var checkpoint: URL?
  /// Whether to go on from the checkpoint.
  public var resumes = false
  /// Seconds on a monotonic clock, for budgets in time.
  public var now: () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// A run on these pictures.
  public init(
    pictures: [LabelledPicture], initial: DetectorModel?, trainingData: String,
    options: DetectorTrainingOptions,
    compute: Compute
  ) {
    self.pictures = pictures
    self.initial = initial
    self.trainingData = trainingData
    self.options = options
    self.compute = compute
  }

  /// Trains until the budget is used up. The checkpoint stays; whoever stores the model removes it.
  ///
  /// - Throws: `ReIDError.tooFewLabels`, `.interrupted` after a cancellation, `.diverged`, `NetworkError`, `DecodeError`.
  public func run(isCancelled: () -> Bool, progress: (Progress) -> Void) throws -> DetectorModel {
    guard pictures.contains(where: { $0.weight > 0 && $0.people.contains { $0.source != .uncertain } }) else {
      throw ReIDError.tooFewLabels(
        file: trainingData, reason: "there is nobody in the boxes to learn from; label at least one person")
    }
    let network = DetectorNetwork(seed: options.seed)
    if let initial { try network.load(from: initial.weightsFile()) }
    let trainer = DetectorTrainer(network, pictures: pictures, options: options, compute: compute, now: now)
    if let checkpoint, resumes { try trainer.resume(from: WeightsFile(contentsOf: checkpoint)) }
    try trainer.run(checkpoint: checkpoint) {
      if isCancelled() { throw ReIDError.interrupted(steps: trainer.step, checkpoint: checkpoint?.path) }
    } takeStep: {
      progress(Progress(report: try trainer.trainStep(), seconds: trainer.seconds))
    }
    let card = DetectorModel.Card(
      pixelCount: initial?.card.pixelCount ?? DetectorModel.defaultPixelCount, trainingData: trainingData,
      steps: trainer.step + (initial?.card.steps ?? 0), seed: options.seed)
    return DetectorModel(network: trainer.averaged, card: card)
  }
}
