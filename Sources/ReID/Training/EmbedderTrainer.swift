import Foundation
public import Network

/// Trains an MSP-CNN, step by step: a batch of people, told apart by a softmax over all of them, with one person's features
/// drawn together and, in the second stage, one person's patches (Shen et al. 2017, §3).
public final class EmbedderTrainer {
  /// What one step came to.
  public struct Report: Sendable {
    /// Steps done so far.
    public let step: Int
    /// Of the softmax.
    public let classLoss: Double
    /// At FC7; 0 where it does not count.
    public let highLoss: Double
    /// At Pool1; 0 where it does not count.
    public let lowLoss: Double
    /// The share of the batch that the softmax had right, 0…1.
    public let accuracy: Double
    /// How much of the budget is used, 0…1.
    public let fraction: Double
  }

  /// The network that is trained.
  public let network: MSPCNN
  private let classifier: Sequential
  private let dropout: Dropout
  private let options: EmbedderTrainingOptions
  private let collection: CropCollection
  private let compute: Compute
  private let optimizer: Adam
  private var sampler: PairSampler
  private var generator: SeededGenerator
  /// Training time of earlier runs, of which this one is the continuation.
  private var earlierSeconds = 0.0
  private let now: () -> Double
  private let startSeconds: Double

  /// A trainer of `network` on a collection.
  ///
  /// - Parameter now: Seconds on a monotonic clock, for budgets in time.
  public init(
    _ network: MSPCNN, collection: CropCollection, options: EmbedderTrainingOptions, compute: Compute,
    now: @escaping () -> Double
  ) {
    self.network = network
    self.collection = collection
    self.options = options
    self.compute = compute
    self.now = now
    startSeconds = now()
    generator = SeededGenerator(seed: options.seed)
    sampler = PairSampler(collection)
    dropout = Dropout(options.dropout, using: &generator)
    classifier = Sequential([
      dropout,
      Linear(MSPCNN.dimension, collection.identityCount, using: &generator),
    ])
    optimizer = Adam(
      network.namedParameters + classifier.namedParameters(prefix: "classifier."),
      learningRate: options.learningRate, weightDecay: options.weightDecay)
  }

  /// Steps done so far.
  public var step: Int { optimizer.step }

  /// Seconds of training so far, those before a resumption included.
  public var seconds: Double { earlierSeconds + now() - startSeconds }

  /// How much of the budget is used, 0…1.
  public var fraction: Double {
    switch options.budget {
    case .steps(let steps): min(1, Double(step) / Double(max(1, steps)))
    case .seconds(let budget): min(1, seconds / max(1e-9, budget))
    }
  }

  /// Whether the budget is used up.
  public var isFinished: Bool { fraction >= 1 }

  /// One step: draws a batch, and moves the weights.
  ///
  /// - Throws: `NetworkError`; `ReIDError.diverged` where the loss is no finite number.
  public func trainStep() throws -> Report {
    let fraction = fraction
    optimizer.learningRate = options.learningRate * rate(at: fraction)
    dropout.reseed(generator.next())
    let batch = sampler.batch(
      identities: options.identitiesPerBatch, cropsEach: options.cropsPerIdentity, using: &generator)
    let report = try propagate(
      crops(batch), batch, learnsPatches: options.similarity.isLow && fraction >= options.secondStage,
      fraction: fraction)
    guard (report.classLoss + report.highLoss + report.lowLoss).isFinite else {
      throw ReIDError.diverged(step: step + 1)
    }
    optimizer.update()
    return report
  }

  private func rate(at fraction: Double) -> Float {
    let rising = min(1, fraction / max(1e-9, options.warmUp))
    return Float(max(0.01, rising) * (0.01 + 0.99 * (1 + cos(.pi * fraction)) / 2))
  }

  /// The crops of a batch, changed at random.
  private func crops(_ batch: [Int]) -> Tensor {
    let tensor = CropTensor.empty(count: batch.count)
    tensor.withUnsafeMutableBufferPointer { buffer in
      for (index, place) in batch.enumerated() {
        options.augmentation.apply(
          to: collection.crops[place].picture, into: CropTensor.slice(buffer, index), using: &generator)
      }
    }
    return tensor
  }

  /// Forward and backward: sets all gradients.
  private func propagate(
    _ crops: Tensor, _ batch: [Int], learnsPatches: Bool, fraction: Double
  ) throws -> Report {
    let labels = batch.map { collection.crops[$0].identity }
    let maps = try network.stem.forward(crops, on: compute)
    let features = try network.head.forward(network.body.forward(maps, on: compute), on: compute)
    let logits = try classifier.forward(features, on: compute)
    let classes = softmaxCrossEntropy(logits, labels: labels, smoothing: options.labelSmoothing)
    guard
      let gradient = try classifier.backward(classes.gradient, needsInputGradient: true, on: compute)
    else { throw NetworkError.kernelFailed(operation: "the classifier", reason: "gave no gradient") }
    let pairs = sampler.pairs(of: batch, features: features, using: &generator)
    var high: Loss?
    if options.similarity.isHigh {
      let loss = contrastiveLoss(features, pairs: pairs)
      gradient.add(loss.gradient.scaled(by: options.highWeight), on: compute)
      high = loss
    }
    let mapGradient = try network.body.backward(
      network.head.backward(gradient, needsInputGradient: true, on: compute) ?? gradient,
      needsInputGradient: true, on: compute)
    var low: Loss?
    if learnsPatches {
      // A third of the pairs is of one person, as in the whole: they stand in threes, an anchor's together.
      let anchors = stride(from: 0, to: pairs.count, by: max(3, pairs.count / options.lowPairsPerBatch * 3))
      let chosen = anchors.flatMap { pairs[$0..<min(pairs.count, $0 + 3)] }
      let loss = try patchLoss(maps, pairs: chosen, on: compute)
      mapGradient?.add(loss.gradient.scaled(by: options.lowWeight), on: compute)
      low = loss
    }
    if let mapGradient {
      _ = try network.stem.backward(mapGradient, needsInputGradient: false, on: compute)
    }
    return Report(
      step: step + 1, classLoss: classes.value, highLoss: high?.value ?? 0, lowLoss: low?.value ?? 0,
      accuracy: Self.accuracy(logits, labels), fraction: fraction)
  }

  private static func accuracy(_ logits: Tensor, _ labels: [Int]) -> Double {
    let (values, classes) = (logits.values, logits.shape.channels)
    let right = labels.enumerated().count { row, label in
      let own = values[row * classes + label]
      return values[row * classes..<(row + 1) * classes].allSatisfy { $0 <= own }
    }
    return Double(right) / Double(max(1, labels.count))
  }

  // MARK: Checkpoints

  private var identity: String { "\(collection.crops.count) crops, \(collection.digest)" }

  /// Everything that is needed to go on as if never interrupted.
  public func checkpoint() -> WeightsFile {
    var file = WeightsFile(metadata: [
      "network": "MSP-CNN-checkpoint", "options": json(options), "step": String(step),
      "seconds": String(seconds), "generator": json(generator), "queue": json(sampler.queue),
      "crops": identity,
    ])
    for part in network.parts { part.layer.store(into: &file, prefix: part.name + ".") }
    classifier.store(into: &file, prefix: "classifier.")
    for (name, tensor) in optimizer.state {
      file.tensors[name] = .init(shape: tensor.shape.sizes, values: tensor.values)
    }
    return file
  }

  /// Goes on from a checkpoint of a training on the same crops with the same options; only the budget may differ.
  ///
  /// - Throws: `NetworkError.invalidWeights`.
  public func resume(from file: WeightsFile) throws(NetworkError) {
    func invalid(_ reason: String) -> NetworkError { .invalidWeights(file: file.source, reason: reason) }
    guard file.metadata["network"] == "MSP-CNN-checkpoint" else {
      throw invalid("is no checkpoint of an MSP-CNN training")
    }
    func decode<T: Decodable>(_ key: String, as type: T.Type) -> T? {
      file.metadata[key].flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
    }
    guard let step = file.metadata["step"].flatMap(Int.init),
      let seconds = file.metadata["seconds"].flatMap(Double.init),
      let generator = decode("generator", as: SeededGenerator.self),
      let queue = decode("queue", as: [Int].self),
      var before = decode("options", as: EmbedderTrainingOptions.self)
    else { throw invalid("lacks the state of the training") }
    guard file.metadata["crops"] == identity,
      queue.allSatisfy({ (0..<collection.identityCount).contains($0) })
    else {
      throw invalid("was written by a training on other crops; start anew")
    }
    before.budget = options.budget
    guard before == options else { throw invalid("was written by a training with other options; start anew") }
    for part in network.parts { try part.layer.load(from: file, prefix: part.name + ".") }
    try classifier.load(from: file, prefix: "classifier.")
    for (name, tensor) in optimizer.state {
      guard let stored = file.tensors[name], stored.shape == tensor.shape.sizes else {
        throw invalid("lacks the optimiser's \"\(name)\"")
      }
      tensor.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: stored.values) }
    }
    optimizer.step = step
    earlierSeconds = seconds
    self.generator = generator
    sampler.queue = queue
  }
}

extension Tensor {
  fileprivate func scaled(by factor: Float) -> Tensor {
    factor == 1 ? self : Tensor(shape, values.map { $0 * factor })
  }
}

func json<T: Encodable>(_ value: T) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
}
