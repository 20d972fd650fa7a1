import Decode
import Foundation
public import Network

/// Trains a person detector, step by step.
public final class DetectorTrainer: ResumableTraining {
  /// What one step came to.
  public struct Report: Sendable {
    /// Steps done so far.
    public let step: Int
    /// What the scores lack.
    public let scoreLoss: Double
    /// What the boxes lack.
    public let boxLoss: Double
    /// How much of the budget is used, 0…1.
    public let fraction: Double
  }

  /// What checkpoints carry as their network's name.
  static let networkName = "PersonDetector-checkpoint"
  /// Before the names of the averaged weights in checkpoints.
  static let averagedPrefix = "averaged."

  /// The network that is trained.
  let network: DetectorNetwork
  /// A moving average of its weights, which does better than the last of them (Tarvainen and Valpola 2017).
  let averaged: DetectorNetwork
  private let options: DetectorTrainingOptions
  private let maker: SampleMaker
  private let picturesIdentity: String
  private let compute: Compute
  private let optimizer: Adam
  private var generator: SeededGenerator
  private var clock: TrainingClock

  /// A trainer of `network`.
  ///
  /// - Parameter now: Seconds on a monotonic clock, for budgets in time.
  public init(
    _ network: DetectorNetwork, pictures: [LabelledPicture], options: DetectorTrainingOptions,
    compute: Compute,
    now: @escaping () -> Double
  ) {
    self.network = network
    self.options = options
    self.compute = compute
    clock = TrainingClock(options.budget, now: now)
    maker = SampleMaker(pictures)
    picturesIdentity = Self.identity(of: pictures)
    averaged = DetectorNetwork(seed: 0)
    optimizer = Adam(
      network.namedParameters, learningRate: options.learningRate, weightDecay: options.weightDecay)
    generator = SeededGenerator(seed: options.seed)
    follow(by: 1)
  }

  /// What tells these labels from others.
  private static func identity(of pictures: [LabelledPicture]) -> String {
    var hash = FNVHash()
    for picture in pictures {
      let name = picture.file.lastPathComponent
      let text = "\(name)\(picture.size)\(picture.weight)\(picture.isStretched)\(picture.people)"
      for byte in text.utf8 { hash.mix(UInt64(byte)) }
    }
    return "\(pictures.count) pictures, \(hash.hexDigits)"
  }

  /// Steps done so far.
  public var step: Int { optimizer.step }

  /// Seconds of training so far, those before a resumption included.
  public var seconds: Double { clock.seconds }

  /// How much of the budget is used, 0…1.
  public var fraction: Double { clock.fraction(after: step) }

  /// Whether the budget is used up.
  public var isFinished: Bool { fraction >= 1 }

  /// One step: makes a batch of pictures and moves the weights.
  ///
  /// - Throws: `NetworkError`, `DecodeError`; `ReIDError.diverged` where the loss is no finite number.
  public func trainStep() throws -> Report {
    let fraction = fraction
    let warmth = min(1, Float(step + 1) / Float(max(1, options.warmUpSteps)))
    optimizer.learningRate =
      options.learningRate * warmth * Float(TrainingClock.decay(at: fraction))
    let isFinal = fraction >= 1 - options.finalShare
    let side = isFinal ? options.finalSide : options.side
    let samples = try (0..<options.batch).map { _ in
      try maker.sample(PictureSize(width: side, height: side), isFinal: isFinal, using: &generator)
    }
    let answers = try network.forward(DetectorInput.tensor(of: samples.map(\.picture)), on: compute)
    let loss = DetectorLoss(answers, samples)
    guard loss.score.isFinite, loss.box.isFinite else { throw ReIDError.diverged(step: step + 1) }
    try network.backward(loss.gradients, on: compute)
    optimizer.update()
    // Young averages follow quickly.
    follow(by: max(1 - options.averaging, 9 / Float(10 + step)))
    return Report(step: step, scoreLoss: loss.score, boxLoss: loss.box, fraction: fraction)
  }

  /// Moves the average towards the weights as they are.
  private func follow(by share: Float) {
    for (average, current) in zip(averaged.namedParameters, network.namedParameters) {
      average.parameter.value.withUnsafeMutableBufferPointer { average in
        current.parameter.value.withUnsafeBufferPointer { current in
          for i in average.indices { average[i] += share * (current[i] - average[i]) }
        }
      }
    }
  }

  // MARK: Checkpoints

  /// Everything that is needed to go on as if never interrupted.
  public func checkpoint() -> WeightsFile {
    var file = WeightsFile(metadata: [
      "network": Self.networkName, "options": canonicalJSON(options), "step": String(step),
      "seconds": String(seconds),
      "generator": canonicalJSON(generator), "pictures": picturesIdentity,
    ])
    network.store(into: &file)
    averaged.store(into: &file, prefix: Self.averagedPrefix)
    optimizer.store(into: &file)
    return file
  }

  /// Goes on from a checkpoint of a training on the same pictures with the same options; only the budget may differ.
  ///
  /// - Throws: `NetworkError.invalidWeights`.
  public func resume(from file: WeightsFile) throws(NetworkError) {
    func invalid(_ reason: String) -> NetworkError { .invalidWeights(file: file.source, reason: reason) }
    guard file.metadata["network"] == Self.networkName else {
      throw invalid("is no checkpoint of a detector's training")
    }
    guard let (step, seconds) = file.trainingProgress,
      let generator: SeededGenerator = file.decoded("generator"),
      var before: DetectorTrainingOptions = file.decoded("options")
    else { throw invalid("lacks the state of the training") }
    guard file.metadata["pictures"] == picturesIdentity else {
      throw invalid(
        "was written by a training on other pictures or boxes (\(file.metadata["pictures"] ?? "unknown"), now "
          + "\(picturesIdentity)); start anew")
    }
    before.budget = options.budget
    guard before == options else { throw invalid("was written by a training with other options; start anew") }
    try network.load(from: file)
    try averaged.load(from: file, prefix: Self.averagedPrefix)
    try optimizer.load(from: file)
    optimizer.step = step
    clock.earlierSeconds = seconds
    self.generator = generator
  }
}
