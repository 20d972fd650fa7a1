public import Decode

/// What a frame's past says about it.
public struct ScoredFrame: Sendable, Equatable {
  /// 0-based, counts frames at the analysis rate.
  public let frameIndex: Int
  /// Since the first frame of the source.
  public let presentationTime: Duration
  /// 0 at the calibration's median frame, 1 at the alert threshold, unbounded both ways.
  ///
  /// Where the scene changes, how much of it does, and 1 is the least that counts as a change.
  public let irregularity: Float
  /// What the irregularity comes from.
  public let evidence: Evidence
  /// How irregular each place is.
  public let heatMap: HeatMap
  /// The region that stands out; nil where none does.
  public let box: Box?
  /// Whether the whole scene changes (lights, exposure, infrared cut, a camera that is knocked or covered).
  public let isSceneChange: Bool
  /// Whether the stream was cut before it, so that it does not go on where the frame before it ended.
  public let startsSegment: Bool

  /// What the irregularity was made from; nil where the scene changes.
  var judgement: FrameJudge.Judgement?

  /// 0…1: `1 / (1 + irregularity)`, at most 1, so that 0.5 is the alert threshold.
  public var regularity: Float { Self.regularity(ofIrregularity: irregularity) }

  /// `1 / (1 + irregularity)`, at most 1.
  public static func regularity(ofIrregularity irregularity: Float) -> Float {
    1 / (1 + max(0, irregularity))
  }

  /// A frame with the given scores.
  public init(
    frameIndex: Int, presentationTime: Duration, irregularity: Float, evidence: Evidence = .appearance,
    heatMap: HeatMap, box: Box?, isSceneChange: Bool, startsSegment: Bool = false
  ) {
    self.frameIndex = frameIndex
    self.presentationTime = presentationTime
    self.irregularity = irregularity
    self.evidence = evidence
    self.heatMap = heatMap
    self.box = box
    self.isSceneChange = isSceneChange
    self.startsSegment = startsSegment
  }
}
