/// What is usual in front of one camera, learned from normal footage that the network was not trained on.
///
/// Per cell: the centre and the spread of the root mean squared error. For the frame: quantiles of its largest
/// deviation, and the value above which to alert. Stored with the model.
public struct Calibration: Sendable, Hashable, Codable {
  /// The grid.
  public let grid: CellGrid
  /// The mean root mean squared error per cell, row-major, of pixels in 0…1.
  public let centers: [Float]
  /// The standard deviation of the same, shrunk towards neighbours, row and whole picture; positive.
  public let spreads: [Float]
  /// The 5 % quantile of the frame value: the largest deviation of a cell, in spreads, by a median over time.
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
    grid: CellGrid, centers: [Float], spreads: [Float], quantile05: Float, quantile50: Float,
    quantile995: Float, threshold: Float, falseAlertsPerDay: Double, frameCount: Int, footageSeconds: Double
  ) throws(AnomalyError) {
    self.grid = grid
    self.centers = centers
    self.spreads = spreads
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
      grid: values.decode(CellGrid.self, forKey: .grid),
      centers: values.decode([Float].self, forKey: .centers),
      spreads: values.decode([Float].self, forKey: .spreads),
      quantile05: values.decode(Float.self, forKey: .quantile05),
      quantile50: values.decode(Float.self, forKey: .quantile50),
      quantile995: values.decode(Float.self, forKey: .quantile995),
      threshold: values.decode(Float.self, forKey: .threshold),
      falseAlertsPerDay: values.decode(Double.self, forKey: .falseAlertsPerDay),
      frameCount: values.decode(Int.self, forKey: .frameCount),
      footageSeconds: values.decode(Double.self, forKey: .footageSeconds))
  }

  /// 0 at the median frame value, 1 at the threshold.
  func irregularity(ofFrameValue value: Float) -> Float { (value - quantile50) / (threshold - quantile50) }

  /// How far each cell's error is from what is usual there.
  func deviations(of map: ErrorMap) -> CellDeviations {
    CellDeviations(of: map, centers: centers, spreads: spreads)
  }

  private func validate() throws(AnomalyError) {
    let sides = 1...CubeShape.largestSide / CellGrid.step
    guard sides.contains(grid.columns), sides.contains(grid.rows), centers.count == grid.count,
      spreads.count == grid.count
    else {
      throw .calibration(
        reason: "\(centers.count) centres and \(spreads.count) spreads for \(grid.columns)×\(grid.rows) cells"
      )
    }
    guard centers.allSatisfy(\.isFinite), spreads.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .calibration(reason: "a centre or spread is not a usable number")
    }
    guard quantile50.isFinite, threshold.isFinite, threshold > quantile50 else {
      throw .calibration(reason: "the threshold \(threshold) is not above the median \(quantile50)")
    }
  }
}
