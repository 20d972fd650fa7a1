public import Decode
public import Foundation
public import ReID

/// One entry of `cameras` in the configuration.
public struct CameraConfiguration: Sendable, Equatable {
  /// Names the camera in alerts, logs and queries: letters, digits, `-`, `_` and `.`, 64 at most.
  public var name: String
  /// The stream or file, with its secrets filled in.
  public var source: MediaLocation
  /// The model file that knows what is normal in front of this camera.
  public var model: URL
  /// Frames that are analysed in a second of footage, 1…60; nil for the rate that the model was trained at. The rest is
  /// decoded and dropped.
  public var framesPerSecond: Double?
  /// Where the motion of frames is taken from.
  public enum Motion: String, Sendable, CaseIterable {
    /// The pictures: what models learn from, and the most accurate.
    case estimated
    /// The vectors of the codec where it has some, which cost next to nothing; else the pictures.
    case codec

    /// As the reader takes it.
    var source: MotionSource {
      switch self {
      case .estimated: .estimated
      case .codec: .codecOrEstimated
      }
    }
  }

  /// Where motion is taken from.
  public var motion = Motion.estimated
  /// How often people are looked for in a second of footage while something moves, 0…30; 0 looks for nobody.
  public var peopleSearchesPerSecond = 0.0
  /// Where people count; everywhere by default.
  public var peopleZones = DetectionZones()
  /// The timeouts that can be configured, in seconds. Opening, probing and the first frame can take one each, and all
  /// three together must not exhaust the watchdog's patience.
  static let timeoutSeconds = 1.0...15.0

  /// The longest that opening, probing or reading a stream may take before the camera is reconnected, 1…15 s.
  public var timeout = Duration.seconds(10)

  /// A camera with every optional key at its default.
  public init(name: String, source: MediaLocation, model: URL) {
    self.name = name
    self.source = source
    self.model = model
  }
}
