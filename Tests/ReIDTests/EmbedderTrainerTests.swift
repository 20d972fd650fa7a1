import Decode
import Foundation
import Network
import Testing

@testable import ReID

@Suite struct EmbedderTrainerTests {
  private let compute = Compute(threads: 2)

  /// People in plain colours, seen by two cameras of different brightness.
  private func collection(people: Int) -> CropCollection {
    var g = SeededGenerator(seed: 9)
    let crops = (0..<people).flatMap { person in
      (0..<4).map { index in
        let shade = [90 * (person % 3), 90 * (person / 3 % 3), 60 * (person % 4)]
        let pixels = (0..<CropCollection.pictureSize.pixelCount).flatMap { _ in
          shade.map { UInt8(min(255, $0 + index % 2 * 15 + Int.random(in: 0...30, using: &g))) }
        }
        return CropCollection.Crop(
          picture: ColorPicture(size: CropCollection.pictureSize, pixels: pixels), identity: person,
          camera: index % 2)
      }
    }
    return CropCollection(crops: crops)
  }

  private func options(steps: Int) -> EmbedderTrainingOptions {
    var options = EmbedderTrainingOptions(budget: .steps(steps))
    options.stages = [
      .init(
        start: 0, inputSize: PictureSize(width: 24, height: 64), identitiesPerBatch: 4, cropsPerIdentity: 2),
      .init(start: 0.5, inputSize: MSPCNN.inputSize, identitiesPerBatch: 4, cropsPerIdentity: 2),
    ]
    options.lowPairsPerBatch = 3
    // Of four people a step says little.
    options.learningRate = 1.5e-3
    return options
  }

  private func trainer(_ options: EmbedderTrainingOptions) -> EmbedderTrainer {
    EmbedderTrainer(
      MSPCNN(seed: 1), collection: collection(people: 6), options: options, compute: compute,
      now: { 0 })
  }

  @Test func aFewStepsTellPlainColoursApart() throws {
    var options = options(steps: 48)
    // What is drawn at random is left out, so that losses tell what was learned.
    options.augmentation.grayProbability = 0
    options.augmentation.missingBandProbability = 0
    options.dropout = 0
    let trainer = trainer(options)
    var losses: [Double] = []
    while !trainer.isFinished { losses.append(try trainer.trainStep().classLoss) }
    let (early, late) = (losses.prefix(4).reduce(0, +), losses.suffix(4).reduce(0, +))
    #expect(late < 0.8 * early, "\(losses)")
  }

  @Test func patchesCountInTheSecondStageOnly() throws {
    var options = options(steps: 4)
    options.secondStage = 0.5
    let trainer = trainer(options)
    let reports = try (0..<4).map { _ in try trainer.trainStep() }
    #expect(reports.map { $0.lowLoss > 0 } == [false, false, true, true])
    #expect(reports.allSatisfy { $0.highLoss > 0 })
  }

  @Test func aResumedTrainingEndsWhereAnUninterruptedOneDoes() throws {
    let whole = trainer(options(steps: 3))
    for _ in 0..<3 { _ = try whole.trainStep() }
    let first = trainer(options(steps: 3))
    for _ in 0..<2 { _ = try first.trainStep() }
    let second = trainer(options(steps: 3))
    try second.resume(from: first.checkpoint())
    _ = try second.trainStep()
    #expect(second.step == 3)
    for (a, b) in zip(whole.network.namedParameters, second.network.namedParameters) {
      #expect(a.parameter.value.values == b.parameter.value.values, "\(a.name)")
    }
  }

  @Test func theResultDoesNotDependOnTheThreads() throws {
    let weights = try [1, 2, 3].map { threads in
      let trainer = EmbedderTrainer(
        MSPCNN(seed: 1), collection: collection(people: 6), options: options(steps: 3),
        compute: Compute(threads: threads), now: { 0 })
      while !trainer.isFinished { _ = try trainer.trainStep() }
      return trainer.network.namedParameters.map(\.parameter.value.values)
    }
    #expect(weights[0] == weights[1])
    #expect(weights[0] == weights[2])
  }

  @Test func aTrainedNetworkStartsWithWhatItKnows() throws {
    let (trainer, crops) = (trainer(options(steps: 3)), collection(people: 6).crops)
    try trainer.startFromFeatures { _ in }
    let model = EmbedderModel(
      network: trainer.network, card: .init(trainingData: "", identities: 6, steps: 0, seed: 1))
    let features = try PersonEmbedder(model, averagesMirrored: false, inIntegers: false, compute: compute)
      .embeddings(of: crops.map(\.picture))
    let classifier = try #require(
      trainer.checkpoint().tensors.first { $0.key.hasPrefix("classifier.") && $0.key.hasSuffix(".weight") })
    #expect(classifier.value.shape == [6, MSPCNN.dimension])
    for person in 0..<6 {
      let own = zip(crops, features).filter { $0.0.identity == person }.map(\.1.values)
      let sum = (0..<MSPCNN.dimension).map { i in own.reduce(0) { $0 + $1[i] } }
      let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let direction = classifier.value.values.dropFirst(person * MSPCNN.dimension)
      #expect(zip(sum, direction).allSatisfy { abs($0 / length - $1) < 1e-4 }, "person \(person)")
    }
    #expect(throws: CancellationError.self) {
      try self.trainer(options(steps: 3)).startFromFeatures { _ in throw CancellationError() }
    }
  }

  /// What the network would look at, [144, 56, 3].
  private func numbers(
    of crop: ColorPicture, changedBy augmentation: CropAugmentation, missingBand: Range<Int>? = nil,
    using g: inout SeededGenerator
  ) -> [Float] {
    var numbers = [Float](repeating: 0, count: MSPCNN.inputSize.pixelCount * 3)
    numbers.withUnsafeMutableBufferPointer {
      augmentation.apply(
        to: crop, size: MSPCNN.inputSize, missingBand: missingBand, into: $0, using: &g)
    }
    return numbers
  }

  @Test func coarseCropsLoseTheirDetails() {
    var augmentation = CropAugmentation()
    augmentation.erasingProbability = 0
    augmentation.coarseness = 0.25...0.25
    // Stripes of one pixel.
    let crop = ColorPicture(
      size: CropCollection.pictureSize,
      pixels: (0..<3 * CropCollection.pictureSize.pixelCount).map { $0 / 3 % 2 == 0 ? 40 : 210 })
    func contrast(_ probability: Float) -> Float {
      augmentation.coarseProbability = probability
      var g = SeededGenerator(seed: 4)
      let numbers = numbers(of: crop, changedBy: augmentation, using: &g)
      return (numbers.max() ?? 0) - (numbers.min() ?? 0)
    }
    #expect(contrast(1) < 0.6 * contrast(0))
  }

  @Test func aMissingBandIsOfItsHeightAndNothingElse() {
    var augmentation = CropAugmentation()
    augmentation.erasingProbability = 0
    augmentation.missingBandProbability = 1
    let size = MSPCNN.inputSize
    // No change of light makes this crop the mean colour.
    let crop = ColorPicture(
      size: CropCollection.pictureSize,
      pixels: [UInt8](repeating: 250, count: 3 * CropCollection.pictureSize.pixelCount))
    var g = SeededGenerator(seed: 4)
    for _ in 0..<20 {
      guard let band = augmentation.missingBand(ofRows: size.height, using: &g) else {
        Issue.record("no band")
        continue
      }
      #expect((22...58).contains(band.count), "0.15 to 0.4 of 144")
      #expect(band.lowerBound >= 0 && band.upperBound <= size.height)
      let numbers = numbers(of: crop, changedBy: augmentation, missingBand: band, using: &g)
      for row in 0..<size.height {
        let values = numbers[row * size.width * 3..<(row + 1) * size.width * 3]
        #expect(values.allSatisfy { $0 == 0 } == band.contains(row), "row \(row)")
      }
    }
    augmentation.missingBandProbability = 0
    #expect(augmentation.missingBand(ofRows: size.height, using: &g) == nil)
  }

  /// Where the band is all of the picture, every crop of the batch looks the same.
  @Test func allCropsOfABatchMissOneBand() throws {
    var options = options(steps: 1)
    options.augmentation.missingBandProbability = 1
    options.augmentation.missingBandHeight = 1...1
    let loss = try trainer(options).trainStep().highLoss
    #expect(abs(loss - log(7.0)) < 1e-3, "one of seven others, by chance")
  }

  /// To this teacher everybody is opposite to the mean of the others, so that no one direction is close to all.
  @Test func featuresComeCloseToTheTeachersVectors() throws {
    var options = options(steps: 32)
    options.stages.removeLast()
    options.augmentation.grayProbability = 0
    options.augmentation.missingBandProbability = 0
    options.dropout = 0
    let taught = try taughtTrainer(options)
    let losses = try (0..<32).map { _ in try taught.trainStep().teacherLoss ?? .nan }
    let late = losses.suffix(4).reduce(0, +) / 4
    #expect(late < 0.7, "\(losses)")
    #expect(try trainer(options).trainStep().teacherLoss == nil)
  }

  /// There are fewer crops than numbers in a feature, which leaves directions open.
  @Test func aTrainedNetworkStartsWithAMapToItsTeacher() throws {
    let (trainer, crops) = (try taughtTrainer(options(steps: 3)), collection(people: 6).crops)
    try trainer.startFromFeatures { _ in }
    let model = EmbedderModel(
      network: trainer.network, card: .init(trainingData: "", identities: 6, steps: 0, seed: 1))
    let features = try PersonEmbedder(model, averagesMirrored: false, inIntegers: false, compute: compute)
      .embeddings(of: crops.map(\.picture))
    let map = try #require(trainer.checkpoint().tensors.first { $0.key.hasPrefix("teacher.") }).value.values
    for (crop, feature) in zip(crops, features) {
      let mapped = (0..<6).map { row in
        zip(map.dropFirst(row * MSPCNN.dimension), feature.values).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      }
      #expect(mapped.indices.max { mapped[$0] < mapped[$1] } == crop.identity, "\(mapped)")
    }
  }

  @Test func theTeacherMovesTheNetwork() throws {
    var options = options(steps: 1)
    func firstWeights(_ trainer: EmbedderTrainer) -> [Float] {
      trainer.network.namedParameters[0].parameter.value.values
    }
    let first = try taughtTrainer(options)
    _ = try first.trainStep()
    options.teacherWeight = 0
    let ignored = try taughtTrainer(options)
    _ = try ignored.trainStep()
    #expect(firstWeights(first) != firstWeights(ignored))
  }

  @Test func aTaughtTrainingIsResumedWithItsTeacherOnly() throws {
    let whole = try taughtTrainer(options(steps: 4))
    for _ in 0..<4 { _ = try whole.trainStep() }
    let first = try taughtTrainer(options(steps: 4))
    for _ in 0..<2 { _ = try first.trainStep() }
    let second = try taughtTrainer(options(steps: 4))
    try second.resume(from: first.checkpoint())
    for _ in 0..<2 { _ = try second.trainStep() }
    #expect(second.checkpoint().tensors == whole.checkpoint().tensors)
    let untaught = trainer(options(steps: 4))
    #expect {
      try untaught.resume(from: first.checkpoint())
    } throws: { "\($0)".contains("takes the same --teacher") }
    let checkpoint = untaught.checkpoint()
    #expect {
      try second.resume(from: checkpoint)
    } throws: { "\($0)".contains("takes the same --teacher") }
  }

  private func taughtTrainer(_ options: EmbedderTrainingOptions) throws -> EmbedderTrainer {
    let collection = collection(people: 6)
    let files = collection.crops.indices.map { "\($0).jpg" }
    let vectors = zip(files, collection.crops).map { file, crop in
      (file, (0..<6).map { Float($0 == crop.identity ? 1 : -0.2) })
    }
    return EmbedderTrainer(
      MSPCNN(seed: 1), collection: collection,
      teacher: try TeacherVectors(Dictionary(uniqueKeysWithValues: vectors), inOrderOf: files),
      options: options, compute: compute, now: { 0 })
  }

  @Test func otherCropsOrOptionsAreRefused() throws {
    let first = trainer(options(steps: 3))
    let checkpoint = first.checkpoint()
    var other = options(steps: 3)
    other.seed = 2
    #expect(throws: NetworkError.self) { try trainer(other).resume(from: checkpoint) }
    let elsewhere = EmbedderTrainer(
      MSPCNN(seed: 1), collection: collection(people: 5), options: options(steps: 3), compute: compute,
      now: { 0 })
    #expect(throws: NetworkError.self) { try elsewhere.resume(from: checkpoint) }
  }

  @Test func pairsAreOneOfThePersonAndTwoOfOthers() {
    let collection = collection(people: 6)
    var sampler = PairSampler(collection)
    var g = SeededGenerator(seed: 1)
    let batch = sampler.batch(identities: 4, cropsEach: 2, using: &g)
    #expect(batch.count == 8)
    let features = Tensor([8, 3], (0..<24).map { _ in g.uniform(in: 0...1) })
    let pairs = sampler.pairs(of: batch, features: features, using: &g)
    #expect(pairs.count == 24)
    #expect(pairs.count { $0.isSamePerson } == 8)
    for pair in pairs {
      let (a, b) = (
        collection.crops[batch[pair.first]], collection.crops[batch[pair.second]]
      )
      #expect((a.identity == b.identity) == pair.isSamePerson)
      if pair.isSamePerson { #expect(a.camera != b.camera) }
    }
    // Everybody comes once before anybody comes again.
    let more = sampler.batch(identities: 2, cropsEach: 2, using: &g)
    #expect(Set((batch + more).map { collection.crops[$0].identity }).count == 6)
  }

  @Test func aQueueOfOtherCropsIsRefused() {
    let sampler = PairSampler(collection(people: 6))
    #expect(sampler.canTakeUp([0, 5]))
    #expect(!sampler.canTakeUp([6]))
  }

  @Test func closenessIsLearned() throws {
    var options = options(steps: 60)
    options.stages.removeLast()
    // What is drawn at random is left out, so that losses tell what was learned.
    options.augmentation.grayProbability = 0
    options.augmentation.missingBandProbability = 0
    options.dropout = 0
    let trainer = trainer(options)
    let losses = try (0..<60).map { _ in try trainer.trainStep().highLoss }
    // Batches differ by more than a few steps teach: means of many.
    let (early, late) = (losses.prefix(15).reduce(0, +) / 15, losses.suffix(30).reduce(0, +) / 30)
    #expect(late < 0.8 * early, "\(losses)")
  }

  @Test func closenessIsMeasuredAsAsked() throws {
    let losses = try [EmbedderTrainingOptions.Similarity.none, .high, .batch].map { similarity in
      var options = options(steps: 1)
      options.similarity = similarity
      return try trainer(options).trainStep().highLoss
    }
    // Half a squared distance and half a squared margin at most, against the logarithm of one in seven for what is all alike.
    #expect(losses[0] == 0 && losses[1] > 0 && losses[1] < 0.8 && losses[2] > 1, "\(losses)")
  }

  @Test func aCheckpointOfAnOlderVersionSaysSo() {
    var checkpoint = trainer(options(steps: 3)).checkpoint()
    checkpoint.metadata["options"] = #"{"recoloring":0}"#
    #expect {
      try trainer(options(steps: 3)).resume(from: checkpoint)
    } throws: { "\($0)".contains("version with other options") }
  }
}
