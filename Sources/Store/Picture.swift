public import Foundation

/// An encoded picture, as it goes into a file.
public struct Picture: Sendable, Hashable {
  /// How it is encoded.
  public enum Format: String, Sendable {
    /// JPEG.
    case jpeg = "jpg"
    /// PNG.
    case png
  }

  /// The file's bytes.
  public var data: Data
  /// How it is encoded.
  public var format: Format

  /// An encoded picture.
  public init(_ data: Data, format: Format) {
    self.data = data
    self.format = format
  }
}
