import Decode
import Foundation
public import Network

/// Trains an MSP-CNN, step by step: a batch of people, told apart by a softmax over all of them, with one person's features
/// drawn together and, in the second stage, one person's patches (Shen et al. 2017, §3; by default features are drawn together
/// as by Khosla et al. 2020).
public final class EmbedderTrainer: ResumableTraining {
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
    /// How far the features are from the teacher's vectors, 0…2; nil where there is no teacher.
    public let teacherLoss: Double?
    /// The share of the batch that the softmax had right, 0…1.
    public let accuracy: Double
    /// How much of the budget is used, 0…1.
    public let fraction: Double
  }

  /// Crops that go through the frozen network together.
  private static let frozenBatch = 32
  /// What is added, at the end, to how one person's features differ in each direction, over the mean of all directions.
  private static let whiteningShrinkage = 0.5

  /// The network that is trained.
  public let network: MSPCNN
  private let replicas: Replicas<MSPCNN>
  private let classifier: CosineClassifier
  private let teacher: TeacherLoss?
  private let options: EmbedderTrainingOptions
  private let collection: CropCollection
  private let compute: Compute
  private let optimizer: Adam
  private var sampler: PairSampler
  private var generator: SeededGenerator
  private let now: () -> Double
  private var clock: TrainingClock

  /// A trainer of `network` on a collection.
  ///
  /// - Parameters:
  ///   - teacher: Of the same crops in the same order; nil for none.
  ///   - now: Seconds on a monotonic clock, for budgets in time.
  public init(
    _ network: MSPCNN, collection: CropCollection, teacher: TeacherVectors? = nil,
    options: EmbedderTrainingOptions, compute: Compute, now: @escaping () -> Double
  ) {
    precondition(teacher.map { $0.count == collection.crops.count } ?? true, "one vector a crop")
    self.network = network
    self.collection = collection
    self.options = options
    self.compute = compute
    self.now = now
    clock = TrainingClock(options.budget, now: now)
    var g = SeededGenerator(seed: options.seed)
    sampler = PairSampler(collection)
    classifier = CosineClassifier(people: collection.identityCount, options: options, using: &g)
    self.teacher = teacher.map { TeacherLoss($0, using: &g) }
    generator = g
    replicas = Replicas(
      [network] + (1..<max(1, options.replicas)).map { _ in MSPCNN(seed: options.seed) },
      parameters: { $0.namedParameters.map(\.parameter) })
    optimizer = Adam(
      network.namedParameters + classifier.namedParameters + (self.teacher?.namedParameters ?? []),
      learningRate: options.learningRate, decoupledWeightDecay: options.decoupledWeightDecay)
  }

  /// Steps done so far.
  public var step: Int { optimizer.step }

  /// Seconds of training so far, those before a resumption included.
  public var seconds: Double { clock.seconds }

  /// How much of the budget is used, 0…1.
  public var fraction: Double { clock.fraction(after: step) }

  /// Whether the budget is used up.
  public var isFinished: Bool { fraction >= 1 }

  /// Begins with what the network tells apart already, where it is a trained one. The budget counts from here.
  ///
  /// - Parameter progress: Called between batches with the share of the crops that was looked at.
  /// - Throws: `NetworkError`, and what `progress` throws.
  public func startFromFeatures(progress: (Double) throws -> Void) throws {
    let features = try features(progress: progress)
    classifier.imprint(features, labels: collection.crops.map(\.identity))
    teacher?.fit(features)
    clock = TrainingClock(options.budget, now: now)
  }

  /// Ends the training: gives directions in which one person's features differ from crop to crop the less weight.
  ///
  /// - Parameter progress: Called between batches with the share of the crops that was looked at.
  /// - Throws: `NetworkError`, and what `progress` throws.
  public func whiten(progress: (Double) throws -> Void) throws {
    let features = try features(progress: progress)
    let scatter = WithinPersonScatter(features, labels: collection.crops.map(\.identity))
    guard let map = scatter.whitening(shrinkage: Self.whiteningShrinkage) else { return }
    network.apply(map, features: features)
  }

  /// Of all crops, not changed otherwise, [N, 1, 1, 256].
  private func features(progress: (Double) throws -> Void) throws -> Tensor {
    let frozen = network.frozen()
    var features: [Tensor] = []
    for start in stride(from: 0, to: collection.crops.count, by: Self.frozenBatch) {
      try progress(Double(start) / Double(collection.crops.count))
      let crops = collection.crops[start..<min(collection.crops.count, start + Self.frozenBatch)]
      features.append(
        try frozen.inParts(CropTensor.whole(crops.map(\.picture)), on: compute))
    }
    return .joining(features)
  }

  /// One step: draws a batch, and moves the weights.
  ///
  /// - Throws: `NetworkError`; `ReIDError.diverged` where the loss is no finite number.
  public func trainStep() throws -> Report {
    let fraction = fraction
    optimizer.learningRate = options.learningRate * rate(at: fraction)
    classifier.reseed(generator.next())
    let stage = options.stage(at: fraction)
    let batch = sampler.batch(
      identities: stage.identitiesPerBatch, cropsEach: stage.cropsPerIdentity, using: &generator)
    let report = try propagate(
      batch, size: stage.inputSize,
      learnsPatches: options.similarity.isLow && fraction >= options.secondStage, fraction: fraction)
    guard (report.classLoss + report.highLoss + report.lowLoss + (report.teacherLoss ?? 0)).isFinite else {
      throw ReIDError.diverged(step: step + 1)
    }
    optimizer.update()
    classifier.normalize()
    replicas.synchronize()
    return report
  }

  private func rate(at fraction: Double) -> Float {
    let rising = min(1, fraction / max(1e-9, options.warmUp))
    return Float(max(0.01, rising) * TrainingClock.decay(at: fraction))
  }

  /// Crops, each changed at random from a seed of its own, without the rows of `missingBand`.
  private func crops(
    _ places: ArraySlice<Int>, _ seeds: ArraySlice<UInt64>, size: PictureSize, missingBand: Range<Int>?
  ) -> Tensor {
    let tensor = CropTensor.empty(count: places.count, size: size)
    tensor.withUnsafeMutableBufferPointer { buffer in
      for (index, (place, seed)) in zip(places, seeds).enumerated() {
        var g = SeededGenerator(seed: seed)
        options.augmentation.apply(
          to: collection.crops[place].picture, size: size, missingBand: missingBand,
          into: CropTensor.slice(buffer, index, size: size), using: &g)
      }
    }
    return tensor
  }

  /// Forward and backward: sets all gradients.
  private func propagate(
    _ batch: [Int], size: PictureSize, learnsPatches: Bool, fraction: Double
  ) throws -> Report {
    let seeds = batch.map { _ in generator.next() }
    let missingBand = options.augmentation.missingBand(ofRows: size.height, using: &generator)
    let parts = replicas.parts(of: batch.count)
    let forward = try replicas.map(on: compute) { network, part, compute throws(NetworkError) in
      let maps = try network.stem.forward(
        crops(batch[parts[part]], seeds[parts[part]], size: size, missingBand: missingBand), on: compute)
      return (
        maps: maps, features: try network.head.forward(network.body.forward(maps, on: compute), on: compute)
      )
    }
    let features = Tensor.joining(forward.map(\.features))
    let labels = batch.map(sampler.label)
    let classes = try classifier.loss(features, labels: labels, on: compute)
    let gradient = classes.loss.gradient
    let pairs =
      learnsPatches || options.similarity.isOfPairs
      ? sampler.pairs(of: batch, features: features, using: &generator) : []
    let high = closenessLoss(features, labels: labels, pairs: pairs)
    if let high { gradient.add(high.gradient.scaled(by: options.highWeight), on: compute) }
    let taught = try teacher?.loss(features, crops: batch, on: compute)
    if let taught { gradient.add(taught.gradient.scaled(by: options.teacherWeight), on: compute) }
    let low = learnsPatches ? try patchLoss(Tensor.joining(forward.map(\.maps)), pairs: pairs) : nil
    _ = try replicas.map(on: compute) { network, part, compute throws(NetworkError) in
      let pooled = try network.head.backward(
        gradient.batch(parts[part]), needsInputGradient: true, on: compute)
      guard let pooled, let maps = try network.body.backward(pooled, needsInputGradient: true, on: compute)
      else { return }
      if let low {
        maps.add(low.gradient.batch(parts[part]).scaled(by: options.lowWeight), on: compute)
      }
      _ = try network.stem.backward(maps, needsInputGradient: false, on: compute)
    }
    replicas.gather()
    return Report(
      step: step + 1, classLoss: classes.loss.value, highLoss: high?.value ?? 0, lowLoss: low?.value ?? 0,
      teacherLoss: taught?.value, accuracy: classes.accuracy, fraction: fraction)
  }

  /// The loss at FC7; nil where it does not count.
  private func closenessLoss(_ features: Tensor, labels: [Int], pairs: [CropPair]) -> Loss? {
    switch options.similarity {
    case .none, .low: nil
    case .high, .both: contrastiveLoss(features, pairs: pairs)
    case .batch: supervisedContrastiveLoss(features, labels: labels, temperature: options.temperature)
    }
  }

  /// The loss of as many of the pairs as there is time for. They stand in threes, an anchor's together, one of which is of
  /// one person: so is a third of what is chosen.
  private func patchLoss(_ maps: Tensor, pairs: [CropPair]) throws(NetworkError) -> Loss {
    let anchors = stride(from: 0, to: pairs.count, by: max(3, pairs.count / options.lowPairsPerBatch * 3))
    let chosen = anchors.flatMap { pairs[$0..<min(pairs.count, $0 + 3)] }
    return try ReID.patchLoss(maps, pairs: chosen, on: compute)
  }

  // MARK: Checkpoints

  private var identity: String { "\(collection.crops.count) crops, \(collection.digest)" }

  /// Everything that is needed to go on as if never interrupted.
  public func checkpoint() -> WeightsFile {
    var file = WeightsFile(metadata: [
      "network": "MSP-CNN-checkpoint", "options": canonicalJSON(options), "step": String(step),
      "seconds": String(seconds), "generator": canonicalJSON(generator),
      "queue": canonicalJSON(sampler.queue),
      "crops": identity,
    ])
    file.metadata["teacher"] = teacher?.digest
    for part in network.parts { part.layer.store(into: &file, prefix: part.name + ".") }
    classifier.store(into: &file)
    teacher?.store(into: &file)
    optimizer.store(into: &file)
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
    guard var before = file.decoded("options", as: EmbedderTrainingOptions.self) else {
      throw invalid(
        "was written by a version with other options; start anew, from its model where there is one")
    }
    guard let (step, seconds) = file.trainingProgress,
      let generator = file.decoded("generator", as: SeededGenerator.self),
      let queue = file.decoded("queue", as: [Int].self)
    else { throw invalid("lacks the state of the training") }
    guard file.metadata["crops"] == identity,
      sampler.canTakeUp(queue)
    else {
      throw invalid("was written by a training on other crops; start anew")
    }
    guard file.metadata["teacher"] == teacher?.digest else {
      throw invalid(
        "was written by a training with another teacher, or with none; --resume takes the same --teacher")
    }
    before.budget = options.budget
    guard before == options else {
      throw invalid(
        "was written by a training with other options; --resume takes the same, --init among them")
    }
    for part in network.parts { try part.layer.load(from: file, prefix: part.name + ".") }
    try classifier.load(from: file)
    try teacher?.load(from: file)
    try optimizer.load(from: file)
    optimizer.step = step
    clock.earlierSeconds = seconds
    self.generator = generator
    sampler.queue = queue
    replicas.synchronize()
  }
}
