import Anomaly

/// An evaluation of a network alone as one JSON object; all rates are fractions, 0…1.
public struct NetworkEvaluationSummary: Encodable, Sendable {
  /// What one way of scoring frames reaches.
  public struct Channel: Encodable, Sendable {
    /// Per video `(e − min e) / max e`, pooled: the papers' equation.
    public let paper: EvaluationSummary.Curve
    /// Per video `(e − min e) / max(e − min e)`, pooled: the code of Hasan et al.
    public let minMax: EvaluationSummary.Curve
    /// By raw scores.
    public let raw: EvaluationSummary.Curve

    enum CodingKeys: String, CodingKey {
      case paper, raw
      case minMax = "min_max"
    }

    init(_ clips: [FrameEvaluation.Clip]) {
      let evaluation = FrameEvaluation(clips)
      paper = EvaluationSummary.Curve(
        ReceiverOperatingCharacteristic(
          scores: clips.flatMap { dividedByLargest($0.scores) }, labels: clips.flatMap(\.labels)))
      minMax = EvaluationSummary.Curve(evaluation.pooled)
      raw = EvaluationSummary.Curve(evaluation.raw)
    }
  }

  /// What the network is called.
  public let network: String
  /// By the largest mean error over a window.
  public let window: Channel
  /// By the median of the same over five frames.
  public let windowMedian: Channel
  /// By the sum of errors over the frame, as the papers score frames.
  public let sum: Channel
  /// By the error of the whole cube in whose middle a frame is.
  public let cube: Channel
  /// By what a live camera would have known of the window score when each frame came.
  public let causal: EvaluationSummary.Curve
  /// Steps of training.
  public let steps: Int
  /// Test clips.
  public let clips: Int
  /// Labelled frames.
  public let frames: Int
  /// Of these, irregular ones.
  public let irregularFrames: Int
  /// The network's identity; nil for one that has no model file.
  public let model: String?

  enum CodingKeys: String, CodingKey {
    case network, window, sum, cube, causal, steps, clips, frames, model
    case windowMedian = "window_median"
    case irregularFrames = "irregular_frames"
  }

  /// The summary of an evaluation.
  public init(_ result: NetworkEvaluationJob.Result) {
    func channel(_ scores: (NetworkScores) -> [Float]) -> Channel {
      Channel(result.clips.map { .init(scores: scores($0.scores), labels: $0.labels) })
    }
    network = result.networkName
    window = channel(\.window)
    windowMedian = channel(\.windowMedian)
    sum = channel(\.sum)
    cube = channel(\.cube)
    causal = channel(\.causal).raw
    steps = result.steps
    clips = result.clips.count
    frames = result.clips.reduce(0) { $0 + $1.labels.count }
    irregularFrames = result.clips.reduce(0) { $0 + $1.labels.count(where: \.self) }
    model = result.model?.digest
  }
}
