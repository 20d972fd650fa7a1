public import Anomaly
public import Foundation
public import Network
public import Store

/// A model that is ready to score a camera: used by one thread at a time.
public struct CameraModel {
  /// The network.
  public let reconstructor: any CubeReconstructor
  /// What is normal in front of the camera.
  public let calibration: Calibration
  /// The rate of the footage that it was trained on.
  public let framesPerSecond: Double
  /// What the alert log keeps of the model's file.
  public let description: ModelDescription

  /// A model of these parts.
  public init(
    reconstructor: any CubeReconstructor, calibration: Calibration, framesPerSecond: Double,
    description: ModelDescription
  ) {
    self.reconstructor = reconstructor
    self.calibration = calibration
    self.framesPerSecond = framesPerSecond
    self.description = description
  }

  /// Reads a model file.
  ///
  /// - Parameter compute: The share of the machine that scoring may use.
  /// - Throws: `NetworkError` where the file is no such model, `CameraModelError` where it belongs to no camera.
  public init(contentsOf url: URL, compute: Compute) throws {
    let model = try AnomalyModel(contentsOf: url)
    try self.init(model, path: url.path, compute: compute)
  }

  /// A model that was read or trained already.
  ///
  /// - Parameters:
  ///   - path: Where its file is, for the alert log.
  ///   - compute: The share of the machine that scoring may use.
  /// - Throws: `CameraModelError` where it belongs to no camera.
  public init(_ model: AnomalyModel, path: String, compute: Compute) throws(CameraModelError) {
    guard let calibration = model.calibration else { throw .notCalibrated(path: path) }
    self.init(
      reconstructor: model.reconstructor(on: compute), calibration: calibration,
      framesPerSecond: model.card.framesPerSecond,
      description: ModelDescription(
        hash: model.digest, name: model.networkName, path: path, metadata: canonicalJSON(model.card)))
  }
}
