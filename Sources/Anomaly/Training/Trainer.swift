import Foundation
public import Network

/// Trains a STAE, step by step: both branches, one cube a step.
public final class Trainer: ResumableTraining {
  /// What one step or one evaluation came to.
  public struct Report: Sendable {
    /// Steps done so far.
    public let step: Int
    /// The mean squared error of the reconstruction.
    public let reconstructionLoss: Double
    /// The weighted squared error of the prediction; 0 without that branch.
    public let predictionLoss: Double
    /// How much of the budget is used, 0…1.
    public let fraction: Double
  }

  /// The network that is trained.
  public let network: STAE
  private let options: TrainingOptions
  private let sampler: CubeSampler
  /// What tells the footage from other footage, in words.
  private let footageIdentity: String
  private let validation: [Tensor]
  private let compute: Compute
  private let optimizer: Adam
  private let frameWeights: [Float]?
  private var generator: SeededGenerator
  private var clock: TrainingClock

  /// A trainer of `network` on the training part of the footage.
  ///
  /// - Parameters:
  ///   - framesPerSecond: The rate of the footage.
  ///   - now: Seconds on a monotonic clock, for budgets in time.
  public init(
    _ network: STAE, footage: FootageSplit, framesPerSecond: Double, cubeShape: CubeShape,
    options: TrainingOptions, compute: Compute, now: @escaping () -> Double
  ) {
    self.network = network
    self.options = options
    self.compute = compute
    clock = TrainingClock(options.budget, now: now)
    sampler = CubeSampler(footage.training, shape: cubeShape, augmentation: options.augmentation)
    footageIdentity = "\(sampler.summary) at \(framesPerSecond) frames per second, \(footage.digest)"
    let samples = CubeSampler(footage.heldBack, shape: cubeShape, augmentation: .none)
    validation = footage.heldBack.flatMap { clip in
      stride(from: 0, through: clip.frames.count - cubeShape.frames, by: max(1, clip.frames.count / 3)).map {
        samples.cube(clip, from: $0)
      }
    }.prefix(16).map(\.self)
    frameWeights = options.predictionWeights.perFrame(cubeShape.frames)
    optimizer = Adam(
      network.namedParameters, learningRate: options.learningRate, weightDecay: options.weightDecay)
    generator = SeededGenerator(seed: options.seed)
  }

  /// Steps done so far.
  public var step: Int { optimizer.step }

  /// Seconds of training so far, those before a resumption included.
  public var seconds: Double { clock.seconds }

  /// How much of the budget is used, 0…1.
  public var fraction: Double { clock.fraction(after: step) }

  /// Whether the budget is used up.
  public var isFinished: Bool { fraction >= 1 }

  /// One step: draws a cube and its future, and moves the weights.
  ///
  /// - Throws: `NetworkError`; `AnomalyError.diverged` where the loss is no finite number.
  public func trainStep() throws -> Report {
    let fraction = fraction
    optimizer.learningRate = options.learningRate * Float(TrainingClock.decay(at: fraction))
    let (cube, future) = sampler.draw(using: &generator)
    let losses = try Self.propagate(
      network, cube: cube, future: future, frameWeights: frameWeights, on: compute)
    guard losses.reconstruction.isFinite, losses.prediction.isFinite else {
      throw AnomalyError.diverged(step: step + 1)
    }
    optimizer.update()
    return Report(
      step: step, reconstructionLoss: losses.reconstruction, predictionLoss: losses.prediction,
      fraction: fraction)
  }

  /// Forward and backward through both branches: sets all gradients.
  static func propagate(
    _ network: STAE, cube: Tensor, future: Tensor, frameWeights: [Float]?, on compute: Compute
  ) throws(NetworkError) -> (reconstruction: Double, prediction: Double) {
    let code = try network.encoder.forward(cube, on: compute)
    let reconstruction = meanSquaredError(try network.reconstruction.forward(code, on: compute), cube)
    let codeGradient = try network.reconstruction.backward(
      reconstruction.gradient, needsInputGradient: true, on: compute)
    var predictionLoss = 0.0
    if let frameWeights {
      let prediction = meanSquaredError(
        try network.prediction.forward(code, on: compute), future, frameWeights: frameWeights)
      predictionLoss = prediction.value
      if let more = try network.prediction.backward(
        prediction.gradient, needsInputGradient: true, on: compute)
      {
        codeGradient?.add(more, on: compute)
      }
    }
    if let codeGradient {
      _ = try network.encoder.backward(codeGradient, needsInputGradient: false, on: compute)
    }
    return (reconstruction.value, predictionLoss)
  }

  /// The mean squared error of the reconstruction of held-back footage, as inference does it; nil where none is.
  public func validationLoss() throws(NetworkError) -> Double? {
    guard !validation.isEmpty else { return nil }
    var sum = 0.0
    for cube in validation {
      sum +=
        meanSquaredError(
          try network.reconstruction(network.encoder(cube, on: compute), on: compute), cube
        ).value
    }
    return sum / Double(validation.count)
  }

  // MARK: Checkpoints

  /// Everything that is needed to go on as if never interrupted.
  public func checkpoint() -> WeightsFile {
    var file = WeightsFile(metadata: [
      "network": "STAE-checkpoint", "options": canonicalJSON(options), "step": String(step),
      "seconds": String(seconds),
      "generator": canonicalJSON(generator), "footage": footageIdentity,
    ])
    for part in network.parts { part.layer.store(into: &file, prefix: part.name + ".") }
    optimizer.store(into: &file)
    return file
  }

  /// Goes on from a checkpoint of a training on the same footage with the same options; only the budget may differ.
  ///
  /// - Throws: `NetworkError.invalidWeights`.
  public func resume(from file: WeightsFile) throws(NetworkError) {
    func invalid(_ reason: String) -> NetworkError { .invalidWeights(file: file.source, reason: reason) }
    guard file.metadata["network"] == "STAE-checkpoint" else {
      throw invalid("is no checkpoint of a STAE training")
    }
    guard let (step, seconds) = file.trainingProgress,
      let generator = file.decoded("generator", as: SeededGenerator.self),
      var before = file.decoded("options", as: TrainingOptions.self)
    else {
      throw invalid("lacks the state of the training, or another version of the program wrote it; start anew")
    }
    guard file.metadata["footage"] == footageIdentity else {
      throw invalid(
        "was written by a training on other footage (\(file.metadata["footage"] ?? "unknown"), now \(footageIdentity)); "
          + "start anew")
    }
    before.budget = options.budget
    guard before == options else { throw invalid("was written by a training with other options; start anew") }
    for part in network.parts { try part.layer.load(from: file, prefix: part.name + ".") }
    try optimizer.load(from: file)
    optimizer.step = step
    clock.earlierSeconds = seconds
    self.generator = generator
  }
}
