public import Anomaly
public import Decode
public import Foundation

extension NetworkEvaluationJob {
  /// What is measured.
  public enum Subject {
    /// A trained STAE that looks at this.
    case model(URL, CubeContent)
    /// A STAE that looks at this, trained from a model, or from fresh weights where there is none, at a size: see
    /// `CubeShape.resized`; nil for that of the model, else 128×128.
    case stae(CubeContent, initial: URL?, analysisSize: PictureSize?)
    /// The baseline of Hasan et al., trained from fresh weights.
    case convAE

    /// Whether it is trained from fresh weights.
    public var isFresh: Bool {
      switch self {
      case .model, .stae(_, initial: .some, _): false
      case .stae(_, initial: nil, _), .convAE: true
      }
    }
  }
}
