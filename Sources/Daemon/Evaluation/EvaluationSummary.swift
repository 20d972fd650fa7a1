import Anomaly

/// An evaluation as one JSON object; all rates are fractions, 0…1. It has every key, null where there is no value.
public struct EvaluationSummary: Encodable, Sendable {
  /// Area under the curve and equal error rate; null where a class is missing.
  public struct Curve: Encodable, Sendable {
    /// The area.
    @NullWhereMissing public internal(set) var auc: Double?
    /// The rate at which false positives and false negatives are equally frequent.
    @NullWhereMissing public internal(set) var eer: Double?

    init(_ curve: ReceiverOperatingCharacteristic?) {
      auc = curve?.areaUnderCurve
      eer = curve?.equalErrorRate
    }
  }

  /// The mean over clips with both classes.
  public struct PerVideo: Encodable, Sendable {
    /// The mean area.
    @NullWhereMissing public internal(set) var auc: Double?
    /// Clips of one class, which have no area.
    public let oneClassClips: Int

    private enum CodingKeys: String, CodingKey {
      case auc
      case oneClassClips = "one_class_clips"
    }
  }

  /// What one kind of evidence reaches alone.
  public struct Channel: Encodable, Sendable {
    /// Per-video min–max of the scores, pooled.
    public let minMax: Curve
    /// By raw scores.
    public let raw: Curve

    private enum CodingKeys: String, CodingKey {
      case raw
      case minMax = "min_max"
    }

    init(_ evaluation: FrameEvaluation) {
      minMax = Curve(evaluation.pooled)
      raw = Curve(evaluation.raw)
    }
  }

  /// Both kinds of evidence.
  public struct Channels: Encodable, Sendable {
    /// How it looks.
    public let appearance: Channel
    /// How it looks, by the sum of squared errors over the frame.
    public let appearanceSum: Channel
    /// How it moves.
    @NullWhereMissing public internal(set) var motion: Channel?

    private enum CodingKeys: String, CodingKey {
      case appearance, motion
      case appearanceSum = "appearance_sum"
    }
  }

  /// Persistence events by Hasan's rule.
  public struct Events: Encodable, Sendable {
    /// True events that were hit.
    public let truePositives: Int
    /// Detections that hit none.
    public let falsePositives: Int
    /// True events that were not hit.
    public let missed: Int

    enum CodingKeys: String, CodingKey {
      case truePositives = "true_positives"
      case falsePositives = "false_positives"
      case missed
    }
  }

  /// False alerts per camera and day.
  public struct FalseAlerts: Encodable, Sendable {
    /// What the threshold was set for.
    public let asked: Double
    /// What the regular frames of the test came to.
    @NullWhereMissing public internal(set) var found: Double?
    /// How many alerts that were.
    public let count: Int
    /// How long the regular frames lasted.
    public let regularSeconds: Double

    private enum CodingKeys: String, CodingKey {
      case asked, found, count
      case regularSeconds = "regular_seconds"
    }
  }

  /// Per-video min–max of the regularity that a live camera reports, pooled: our regularity, stretched as the papers stretch theirs.
  public let paper: Curve
  /// Per-video min–max of the irregularity of the whole clip, pooled.
  public let minMax: Curve
  /// Mean per-video area.
  public let perVideo: PerVideo
  /// No future frames, in score or normalisation: see `ClipScores.causal`.
  public let causal: Curve
  /// The pixel criterion, raw scores; null without masks.
  @NullWhereMissing public internal(set) var pixel: Curve?
  /// Each kind of evidence alone.
  public let channels: Channels
  /// Events.
  public let events: Events
  /// False alerts.
  public let falseAlertsPerDay: FalseAlerts
  /// Test clips.
  public let clips: Int
  /// Labelled frames.
  public let frames: Int
  /// Of these, irregular ones.
  public let irregularFrames: Int
  /// The model's identity.
  public let model: String

  private enum CodingKeys: String, CodingKey {
    case paper, causal, pixel, channels, events, clips, frames, model
    case minMax = "min_max"
    case perVideo = "per_video"
    case falseAlertsPerDay = "false_alerts_per_day"
    case irregularFrames = "irregular_frames"
  }

  /// The summary of an evaluation.
  public init(_ result: AnomalyEvaluationJob.Result) {
    let evaluation = result.evaluation
    paper = Curve(evaluation.regularity.pooled)
    minMax = Curve(evaluation.whole.pooled)
    perVideo = PerVideo(
      auc: evaluation.whole.meanClipAreaUnderCurve, oneClassClips: evaluation.whole.oneClassClipCount)
    causal = Curve(evaluation.causal.raw)
    pixel = evaluation.hasMasks ? Curve(evaluation.pixel) : nil
    channels = Channels(
      appearance: Channel(evaluation.appearance), appearanceSum: Channel(evaluation.totalError),
      motion: evaluation.motion.map { Channel($0) })
    events = Events(
      truePositives: evaluation.events.truePositives, falsePositives: evaluation.events.falsePositives,
      missed: evaluation.events.missed)
    falseAlertsPerDay = FalseAlerts(
      asked: result.model.calibration?.falseAlertsPerDay ?? 0, found: evaluation.falseAlertsPerDay,
      count: evaluation.falseAlertCount, regularSeconds: evaluation.regularSeconds)
    clips = evaluation.clips.count
    frames = evaluation.clips.reduce(0) { $0 + $1.labels.count }
    irregularFrames = evaluation.clips.reduce(0) { $0 + $1.labels.count(where: \.self) }
    model = result.model.digest
  }
}
