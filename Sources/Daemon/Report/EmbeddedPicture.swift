import Foundation

/// A picture inside the page itself, as a `data:` URI.
struct EmbeddedPicture {
  /// The URI.
  let uri: String

  /// Nil where the data is neither JPEG nor PNG.
  init?(_ data: Data?) {
    guard let data, let type = Self.mediaType(of: data) else { return nil }
    uri = "data:\(type);base64,\(data.base64EncodedString())"
  }

  private static func mediaType(of data: Data) -> String? {
    if data.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
    if data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
    return nil
  }
}
