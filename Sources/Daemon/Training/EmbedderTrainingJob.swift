public import Decode
public import Foundation
public import Network
public import ReID

/// Reads labelled crops, trains an embedder on them and writes it.
public struct EmbedderTrainingJob {
  /// What a training is doing.
  public enum Progress: Sendable {
    /// What was decided for the user.
    case remark(String)
    /// Reading the crops; `fraction` of them is read.
    case reading(fraction: Double)
    /// Looking at all crops with a trained network, before the first step or after the last.
    case looking(fraction: Double)
    /// Training.
    case training(EmbedderTrainer.Report, seconds: Double)
  }

  /// One person of so many is not learned from, to find out how alike strangers are.
  private static let heldBackEvery = 25

  /// The folder of pictures.
  public let pictures: URL
  /// Who is on them: see `CropLabels`.
  public let labels: URL
  /// The model file to write.
  public let output: URL
  /// The model to start from; nil for fresh weights.
  public let initial: URL?
  /// Vectors to draw features to: see `TeacherVectors`; nil for none.
  public let teacher: URL?
  /// How to train.
  public let options: EmbedderTrainingOptions
  /// Whether to go on from a checkpoint.
  public let resumes: Bool
  /// The share of the machine.
  public let compute: Compute

  /// A training.
  public init(
    pictures: URL, labels: URL, output: URL, initial: URL?, teacher: URL?, options: EmbedderTrainingOptions,
    resumes: Bool, compute: Compute
  ) {
    self.pictures = pictures
    self.labels = labels
    self.output = output
    self.initial = initial
    self.teacher = teacher
    self.options = options
    self.resumes = resumes
    self.compute = compute
  }

  /// Runs the training and writes the model.
  ///
  /// - Throws: `TrainingJobError`, `ReIDError`, `DecodeError`, `NetworkError`.
  public func run(cancellation: Cancellation, progress: (Progress) -> Void) throws -> EmbedderModel {
    let checkpoint = try CheckpointPlace(besides: output, resumes: resumes)
    try WeightsFile.checkWritable(output)
    let start = try initial.map { try EmbedderModel(contentsOf: $0) }
    let labels = try CropLabels(contentsOf: labels)
    let comingAgain = try peopleWhoComeAgain(in: labels, progress)
    let (learned, heldBack) = comingAgain.holdingBack(everyNth: Self.heldBackEvery)
    for remark in Self.remarks(on: learned, areSomeHeldBack: heldBack != nil) { progress(.remark(remark)) }
    let vectors = try teacher.map { try TeacherVectors(contentsOf: $0, for: learned) }
    let collection = try CropCollection(learned, in: pictures, cancellation: cancellation) {
      progress(.reading(fraction: $0))
    }
    // Before the training, so that a missing picture is found out before the work.
    let test = try heldBack?.crops.map { crop in
      (
        crop: crop,
        picture: try ColorPicture(contentsOf: pictures.appending(path: crop.file)).scaled(
          to: CropCollection.pictureSize)
      )
    }
    let network = MSPCNN(seed: options.seed)
    if let start { try network.take(from: start) }
    let trainer = EmbedderTrainer(
      network, collection: collection, teacher: vectors, options: options, compute: compute
    ) {
      Double(DispatchTime.now().uptimeNanoseconds) * 1e-9
    }
    if resumes {
      try trainer.resume(from: WeightsFile(contentsOf: checkpoint.url))
    } else if start != nil {
      try trainer.startFromFeatures {
        if cancellation.isCancelled { throw ReIDError.interrupted(steps: 0, checkpoint: nil) }
        progress(.looking(fraction: $0))
      }
    }
    let checkCancellation = {
      guard cancellation.isCancelled else { return }
      throw ReIDError.interrupted(steps: trainer.step, checkpoint: checkpoint.url.path)
    }
    try trainer.run(checkpoint: checkpoint.url, checkCancellation: checkCancellation) {
      progress(.training(try trainer.trainStep(), seconds: trainer.seconds))
    }
    try trainer.whiten {
      progress(.looking(fraction: $0))
      try checkCancellation()
    }
    let model = EmbedderModel(
      network: network,
      card: .init(
        trainingData: "\(labels.source.split(separator: "/").last ?? ""): \(learned.crops.count) crops"
          + (teacher.map { ", taught by \($0.lastPathComponent)" } ?? ""),
        identities: learned.identities.count, steps: trainer.step + (start?.card.steps ?? 0),
        seed: options.seed, strangerSimilarity: test.flatMap { strangerSimilarity(of: network, on: $0) }),
      quantisation: try test.flatMap {
        try EmbedderQuantisationStudy(network, compute: compute).run(
          learned: collection.pictures, heldBack: $0.map(\.picture))
      })
    try model.weightsFile().write(to: output)
    checkpoint.remove()
    return model
  }

  /// The crops of people of whom there are several: others cannot be known again.
  private func peopleWhoComeAgain(in labels: CropLabels, _ progress: (Progress) -> Void) throws(ReIDError)
    -> CropLabels
  {
    func tooFew(_ reason: String) -> ReIDError { .tooFewLabels(file: labels.source, reason: reason) }
    guard labels.identities.count > 1 else {
      throw tooFew("there is only one person; telling apart needs two")
    }
    let comingAgain = labels.keepingSeveral()
    switch comingAgain.identities.count {
    case 0: throw tooFew("nobody has two pictures; knowing people again needs some who come again")
    case 1: throw tooFew("only one person has two pictures; telling apart needs two who come again")
    default: break
    }
    let others = labels.identities.count - comingAgain.identities.count
    if others > 0 {
      progress(
        .remark(
          "\(labels.source): \(others) \(others == 1 ? "person" : "people") passed over: one picture is not enough"
        ))
    }
    return comingAgain
  }

  /// What a model learned from these will lack.
  private static func remarks(on learned: CropLabels, areSomeHeldBack: Bool) -> [String] {
    var remarks: [String] = []
    if Set(learned.crops.map(\.camera)).count == 1 {
      remarks.append(
        "\(learned.source): all pictures are of one camera, so the model will not learn what another one changes"
      )
    }
    if !areSomeHeldBack {
      remarks.append(
        "\(learned.source): too few people to hold some back, so the model will not say how alike strangers are, nor "
          + "whether integers do: tracks are not taken up again by looks with it, and it runs in floats")
    }
    return remarks
  }

  /// How alike strangers are to the trained network; nil where that cannot be said.
  private func strangerSimilarity(
    of network: MSPCNN, on crops: [(crop: CropLabels.Crop, picture: ColorPicture)]
  ) -> Float? {
    let card = EmbedderModel.Card(trainingData: "", identities: 0, steps: 0, seed: options.seed)
    guard let embedder = try? PersonEmbedder(EmbedderModel(network: network, card: card), compute: compute),
      let embeddings = try? embedder.embeddings(of: crops.map(\.picture))
    else { return nil }
    let samples = zip(crops, embeddings).map {
      MatchingEvaluation.Sample(
        vector: $0.1.values, identity: $0.0.crop.identity, camera: $0.0.crop.camera)
    }
    return try? MatchingEvaluation(samples, seed: options.seed, source: "").strangerSimilarity
  }
}
