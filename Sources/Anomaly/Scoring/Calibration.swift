/// What is usual in front of one camera, learned from normal footage, above all from what the network was not trained on, and
/// the value of a frame above which to alert. Stored with the model.
///
/// A frame's value is the larger of what its appearance and its motion come to on one scale (`ValueRange`), each by a median
/// over time.
public struct Calibration: Sendable, Hashable, Codable {
  /// What reconstruction errors are usual.
  public let appearance: AppearanceNormality
  /// What motion is usual; nil where too few frames of the footage had any.
  public let motion: MotionNormality?
  /// The 5 % quantile of the frame value.
  public let quantile05: Float
  /// The median of the frame value.
  public let quantile50: Float
  /// The 99.5 % quantile of the frame value.
  public let quantile995: Float
  /// The frame value at which to alert.
  public let threshold: Float
  /// False alerts per camera and day that the threshold aims at.
  public let falseAlertsPerDay: Double
  /// Frames calibrated on.
  public let frameCount: Int
  /// Footage calibrated on, in seconds.
  public let footageSeconds: Double

  /// A calibration with the given numbers.
  ///
  /// - Throws: `AnomalyError.calibration` where they contradict each other.
  public init(
    appearance: AppearanceNormality, motion: MotionNormality?, quantile05: Float, quantile50: Float,
    quantile995: Float, threshold: Float, falseAlertsPerDay: Double, frameCount: Int, footageSeconds: Double
  ) throws(AnomalyError) {
    self.appearance = appearance
    self.motion = motion
    self.quantile05 = quantile05
    self.quantile50 = quantile50
    self.quantile995 = quantile995
    self.threshold = threshold
    self.falseAlertsPerDay = falseAlertsPerDay
    self.frameCount = frameCount
    self.footageSeconds = footageSeconds
    try validate()
  }

  /// Decodes a calibration and refuses one that contradicts itself with `AnomalyError.calibration`.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      appearance: values.decode(AppearanceNormality.self, forKey: .appearance),
      motion: values.decodeIfPresent(MotionNormality.self, forKey: .motion),
      quantile05: values.decode(Float.self, forKey: .quantile05),
      quantile50: values.decode(Float.self, forKey: .quantile50),
      quantile995: values.decode(Float.self, forKey: .quantile995),
      threshold: values.decode(Float.self, forKey: .threshold),
      falseAlertsPerDay: values.decode(Double.self, forKey: .falseAlertsPerDay),
      frameCount: values.decode(Int.self, forKey: .frameCount),
      footageSeconds: values.decode(Double.self, forKey: .footageSeconds))
  }

  /// The grid.
  public var grid: CellGrid { appearance.grid }

  /// 0 at the median frame value, 1 at the threshold.
  func irregularity(ofFrameValue value: Float) -> Float { (value - quantile50) / (threshold - quantile50) }

  private func validate() throws(AnomalyError) {
    let sides = 1...CubeShape.largestSide / CellGrid.step
    guard sides.contains(grid.columns), sides.contains(grid.rows), grid == motion?.grid ?? grid else {
      throw .calibration(reason: "it is for \(grid.columns)×\(grid.rows) cells, or for two grids")
    }
    if let flaw = appearance.flaw ?? motion?.flaw { throw .calibration(reason: flaw) }
    guard quantile50.isFinite, threshold.isFinite, threshold > quantile50 else {
      throw .calibration(reason: "the threshold \(threshold) is not above the median \(quantile50)")
    }
  }
}
