import Foundation

/// Where a camera's footage comes from. Prints without its credentials, however it is printed.
public struct CameraSource: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// What FFmpeg opens: **holds credentials**, so it must not reach a log, an argument list or an error.
  public let location: String

  /// A URL, or the path of a file.
  public init(_ location: String) { self.location = location }

  /// Whether the footage cannot wait: a stream, as opposed to a file.
  public var isLive: Bool { location.contains("://") && !location.hasPrefix("file:") }

  /// The location without user, password and query.
  public var description: String { Redaction.redact(location) }
  /// As ``description``.
  public var debugDescription: String { description }
  /// A mirror that does not show ``location``.
  public var customMirror: Mirror { Mirror(self, children: ["location": description]) }
}
