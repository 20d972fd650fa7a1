/// Why a model cannot score a camera.
public enum CameraModelError: Error, Equatable, CustomStringConvertible {
  /// It has never seen what is normal in front of a camera.
  case notCalibrated(path: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .notCalibrated(let path):
      "\(path): the model is not calibrated, so it cannot tell what is usual in front of a camera; make one that is "
        + "with `analytics train --from CLIP --init \(path) --output MODEL`"
    }
  }
}
