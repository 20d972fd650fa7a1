/// Why media cannot be read, in words for the user; credentials never appear in it.
public struct DecodeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, as far as a caller acts differently.
  public enum Kind: Sendable, Hashable {
    /// There is nothing under this name.
    case notFound
    /// The system or the camera refuses access.
    case accessDenied
    /// The device, file system or network failed.
    case inputOutput
    /// The bytes are no media, or damaged beyond use.
    case unreadable
    /// The media is fine but has no pictures.
    case noVideo
    /// This FFmpeg has no decoder for it, or no way to convert its pictures.
    case unsupported
    /// An operation on a live source took longer than its limit.
    case timedOut
    /// `Cancellation.cancel()` was called.
    case cancelled
    /// A live stream broke off; connecting again may help.
    case interrupted
  }

  /// What went wrong.
  public let kind: Kind
  /// The file or URL, without credentials.
  public let location: String
  /// What happened and what to do about it.
  public let reason: String

  init(_ kind: Kind, _ location: String, _ reason: String) {
    self.kind = kind
    self.location = location
    self.reason = reason
  }

  /// For example `clip.mp4: moov atom not found: …`.
  public var description: String { "\(location): \(reason)" }
}
