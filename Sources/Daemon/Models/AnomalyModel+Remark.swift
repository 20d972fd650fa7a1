import Anomaly

extension AnomalyModel {
  /// What to say of a model that judges by looks alone since its footage gave no motion; nil for others.
  var remark: String? {
    guard let calibration, calibration.motion == nil else { return nil }
    return
      "no motion was learned, since fewer than \(CalibrationBuilder.leastFrameCount) of the held-back frames had any; "
      + "what is irregular is told by its looks alone"
  }
}
