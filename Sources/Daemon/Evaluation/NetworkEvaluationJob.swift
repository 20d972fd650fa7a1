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
    /// The network that was measured.
    public let model: AnomalyModel
  }

  /// Normal footage to learn from; nil where there is a model.
  public var training: URL?
  /// The test clips.
  public var test: URL
  /// Which frames of which clips are irregular: see `FrameLabels`.
  public var labels: URL
  /// The model to measure; nil to train one.
  public var model: URL?
  /// The model that training starts from; nil for fresh weights.
  public var initial: URL?
  /// What the network looks at.
  public var content: CubeContent
  /// Frames from the end of one cube to the end of the next, 1…T.
  public var hop: Int
  /// How to train.
  public var options: TrainingOptions
  /// The share of the machine.
  public var compute: Compute

  /// An evaluation.
  public init(
    training: URL?, test: URL, labels: URL, model: URL?, initial: URL?, content: CubeContent,
    hop: Int, options: TrainingOptions, compute: Compute
  ) {
    self.training = training
    self.test = test
    self.labels = labels
    self.model = model
    self.initial = initial
    self.content = content
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
    let model = try readyModel(for: clips, cancellation, progress)
    let reconstructor = model.reconstructor(on: compute)
    let card = model.card
    var scored: [Result.Clip] = []
    for (number, clip) in clips.enumerated() {
      progress(.scoring(clip: clip.name, fraction: Double(number) / Double(clips.count)))
      let scorer = NetworkScorer(
        reconstructor: reconstructor, framesPerSecond: card.framesPerSecond, hop: hop)
      try clip.read(
        .analysis(
          framesPerSecond: card.framesPerSecond, size: card.cubeShape.pictureSize,
          motion: content.motionSource, cancellation: cancellation)
      ) { try scorer.add($0) }
      scored.append(
        .init(name: clip.name, scores: try scorer.finish(frameCount: clip.labels.count), labels: clip.labels))
    }
    return Result(clips: scored, model: model)
  }

  private func readyModel(
    for clips: [LabelledClip], _ cancellation: Cancellation,
    _ progress: (AnomalyEvaluationJob.Progress) -> Void
  ) throws -> AnomalyModel {
    if let model {
      let given = try AnomalyModel(contentsOf: model, for: [content])
      try checkHop(given.card.cubeShape)
      return given
    }
    guard let training else { throw EvaluationError.nothingLearned }
    let start = try initial.map { try AnomalyModel(contentsOf: $0, for: [content]) }
    try checkHop(start?.card.cubeShape ?? .standard(content))
    return try withoutActuallyEscaping(progress) { progress in
      try BenchmarkTraining(
        folder: training, tests: clips, options: options, compute: compute, cancellation: cancellation
      ) { progress(.training($0)) }.train(from: start, content: content, learnsCamera: false)
    }
  }

  private func checkHop(_ shape: CubeShape) throws(EvaluationError) {
    guard (1...shape.frames).contains(hop) else { throw .hop(hop, cubeFrames: shape.frames) }
  }
}
