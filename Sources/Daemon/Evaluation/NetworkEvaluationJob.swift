public import Anomaly
public import Decode
public import Foundation
public import Network

/// Trains one of the paper's networks on a benchmark's normal clips, or takes one, and scores the labelled test clips by
/// nothing but its reconstruction error.
public struct NetworkEvaluationJob {
  /// What an evaluation came to.
  public struct Result {
    /// A test clip with its scores and its labels.
    public struct Clip {
      /// What the labels call it.
      public let name: String
      /// Its scores.
      public let scores: NetworkScores
      /// Whether each frame is irregular.
      public let labels: [Bool]
    }

    /// The clips.
    public let clips: [Clip]
    /// What the network is called.
    public let networkName: String
    /// Steps of its training.
    public let steps: Int
    /// The network that was measured; nil for one that has no model file.
    public let model: AnomalyModel?
  }

  /// A network that is ready to be measured.
  private struct Ready {
    let reconstructor: any CubeReconstructor
    let name: String
    let framesPerSecond: Double
    let steps: Int
    var model: AnomalyModel?

    init(_ model: AnomalyModel, compute: Compute) {
      reconstructor = model.reconstructor(on: compute)
      name = model.networkName
      framesPerSecond = model.card.framesPerSecond
      steps = model.card.steps
      self.model = model
    }

    init(_ network: ConvAE, steps: Int, framesPerSecond: Double, compute: Compute) {
      reconstructor = ConvAEReconstructor(network, compute: compute)
      name = "ConvAE"
      self.framesPerSecond = framesPerSecond
      self.steps = steps
    }
  }

  /// Normal footage to learn from; nil where the subject is a model.
  public var training: URL?
  /// The test clips.
  public var test: URL
  /// Which frames of which clips are irregular: see `FrameLabels`.
  public var labels: URL
  /// What is measured.
  public var subject: Subject
  /// Frames from the end of one cube to the end of the next, 1…T.
  public var hop: Int
  /// How to train.
  public var options: TrainingOptions
  /// The share of the machine.
  public var compute: Compute

  /// An evaluation.
  public init(
    training: URL?, test: URL, labels: URL, subject: Subject,
    hop: Int, options: TrainingOptions, compute: Compute
  ) {
    self.training = training
    self.test = test
    self.labels = labels
    self.subject = subject
    self.hop = hop
    self.options = options
    self.compute = compute
  }

  /// Runs the evaluation.
  ///
  /// - Throws: `EvaluationError`, `DecodeError`, `AnomalyError`, `NetworkError`.
  public func run(
    cancellation: Cancellation, progress: (AnomalyEvaluationJob.Progress) -> Void
  ) throws -> Result {
    // What can be wrong is found before the training.
    let clips = try LabelledClip.clips(in: test, labels: labels) { progress(.remark($0)) }
    let ready = try readyNetwork(for: clips, cancellation, progress)
    let shape = ready.reconstructor.cubeShape
    var scored: [Result.Clip] = []
    for (number, clip) in clips.enumerated() {
      progress(.scoring(clip: clip.name, fraction: Double(number) / Double(clips.count)))
      let scorer = NetworkScorer(
        reconstructor: ready.reconstructor, framesPerSecond: ready.framesPerSecond, hop: hop)
      try clip.read(
        .analysis(
          framesPerSecond: ready.framesPerSecond, size: shape.pictureSize, motion: shape.content.motionSource,
          cancellation: cancellation)
      ) { try scorer.add($0) }
      scored.append(
        .init(name: clip.name, scores: try scorer.finish(frameCount: clip.labels.count), labels: clip.labels))
    }
    return Result(clips: scored, networkName: ready.name, steps: ready.steps, model: ready.model)
  }

  private func readyNetwork(
    for clips: [LabelledClip], _ cancellation: Cancellation,
    _ progress: (AnomalyEvaluationJob.Progress) -> Void
  ) throws -> Ready {
    switch subject {
    case .model(let model, let content):
      let model = try AnomalyModel(contentsOf: model, for: [content])
      try checkHop(model.card.cubeShape)
      return Ready(model, compute: compute)
    case .stae(let content, let initial, let analysisSize):
      let start = try initial.map { try AnomalyModel(contentsOf: $0, for: [content]) }
      let model = try withTraining(for: clips, analysisSize: analysisSize, cancellation, progress) {
        try checkHop($0.cubeShape(from: start, content: content))
        return try $0.train(from: start, content: content, learnsCamera: false)
      }
      return Ready(model, compute: compute)
    case .convAE:
      try checkHop(ConvAE.cubeShape)
      let (network, steps) = try withTraining(for: clips, cancellation, progress) { try $0.trainConvAE() }
      return Ready(
        network, steps: steps, framesPerSecond: BenchmarkTraining.framesPerSecond, compute: compute)
    }
  }

  private func withTraining<Trained>(
    for clips: [LabelledClip], analysisSize: PictureSize? = nil, _ cancellation: Cancellation,
    _ progress: (AnomalyEvaluationJob.Progress) -> Void, _ body: (BenchmarkTraining) throws -> Trained
  ) throws -> Trained {
    guard let folder = training else { throw EvaluationError.nothingLearned }
    return try withoutActuallyEscaping(progress) { progress in
      try body(
        BenchmarkTraining(
          folder: folder, tests: clips, analysisSize: analysisSize, options: options, compute: compute,
          cancellation: cancellation
        ) { progress(.training($0)) })
    }
  }

  private func checkHop(_ shape: CubeShape) throws(EvaluationError) {
    guard (1...shape.frames).contains(hop) else { throw .hop(hop, cubeFrames: shape.frames) }
  }
}
