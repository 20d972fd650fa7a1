import Foundation

/// What a camera of the daemon is doing.
public enum CameraState: Sendable, Equatable {
  /// Its model is being loaded.
  case starting
  /// Its stream is being opened.
  case connecting
  /// Frames come.
  case streaming
  /// The connection failed for this reason and is tried again after the delay.
  case backingOff(reason: String, delay: Duration)
  /// Its file has been analysed to the end.
  case finished
  /// It cannot work before the configuration or the model is put right.
  case failed(reason: String)
  /// The daemon is stopping.
  case stopped

  /// Whether the camera is known to have nothing to do, so that its standing still is no fault of the daemon's.
  public var isIdle: Bool {
    switch self {
    case .starting, .connecting, .streaming: false
    case .backingOff, .finished, .failed, .stopped: true
    }
  }
}

extension CameraState: CustomStringConvertible {
  /// For `systemctl status` and logs.
  public var description: String {
    switch self {
    case .starting: "starting"
    case .connecting: "connecting"
    case .streaming: "streaming"
    case .backingOff(let reason, let delay):
      "trying again in \(delay.formatted(.units(allowed: [.seconds], fractionalPart: .show(length: 1)))) (\(reason))"
    case .finished: "finished"
    case .failed(let reason): "failed (\(reason))"
    case .stopped: "stopped"
    }
  }
}
