public import Anomaly
public import Store

/// A model that is ready to score a camera: used by one thread at a time.
public struct CameraModel {
  /// The network.
  public let reconstructor: any CubeReconstructor
  /// What is normal in front of the camera.
  public let calibration: Calibration
  /// What the alert log keeps of the model's file.
  public let description: ModelDescription

  /// A model of these parts.
  public init(
    reconstructor: any CubeReconstructor, calibration: Calibration, description: ModelDescription
  ) {
    self.reconstructor = reconstructor
    self.calibration = calibration
    self.description = description
  }
}
