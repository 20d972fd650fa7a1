public import Foundation

/// Where media is: a file, or a URL that FFmpeg opens.
///
/// A URL often holds a camera's password. It leaves this type only towards FFmpeg: every textual form, also in
/// string interpolation, `dump` and debuggers, is redacted.
public struct MediaLocation: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private enum Place: Hashable {
    case file(path: String)
    case network(url: String)
  }

  private let place: Place

  /// The file with this URL.
  public init(file: URL) { place = .file(path: file.path) }

  /// A path, a `file:` URL, or a URL of another scheme such as `rtsp://user:password@camera/stream`.
  public init(_ text: String) {
    guard let scheme = Self.scheme(of: text) else {
      place = .file(path: text)
      return
    }
    if scheme == "file" {
      place = .file(path: URL(string: text)?.path ?? String(text.dropFirst("file://".count)))
    } else {
      place = .network(url: text)
    }
  }

  /// The path of a file; nil for a URL of the network.
  public var filePath: String? {
    if case .file(let path) = place { path } else { nil }
  }

  /// Whether the media comes over the network.
  public var isNetwork: Bool { filePath == nil }

  /// The lower-case scheme of a network URL.
  var scheme: String? {
    if case .network(let url) = place { Self.scheme(of: url) } else { nil }
  }

  /// What libavformat opens. `file:` keeps a colon in a file name from being taken for a protocol.
  var openable: String {
    switch place {
    case .file(let path): "file:" + path
    case .network(let url): url
    }
  }

  /// The path, or the URL without user name, password and the values of its query.
  public var description: String {
    switch place {
    case .file(let path): path
    case .network(let url): Self.redacted(url)
    }
  }

  /// Redacted as `description`.
  public var debugDescription: String { description }

  /// Redacted as `description`.
  public var customMirror: Mirror { Mirror(self, children: ["location": description]) }

  /// Whether text from elsewhere, such as FFmpeg's log, may be shown: it must not quote any URL or any part of this
  /// one that could be secret.
  func permitsQuoting(_ text: String) -> Bool {
    guard case .network(let url) = place else { return true }
    if text.contains("@") || text.contains("://") { return false }
    let lowered = text.lowercased()
    return !Self.secrets(of: url).contains { lowered.contains($0.lowercased()) }
  }
}

extension MediaLocation {
  private static func scheme(of text: String) -> String? {
    guard let separator = text.range(of: "://") else { return nil }
    let scheme = text[..<separator.lowerBound]
    guard let first = scheme.first, first.isASCII, first.isLetter,
      scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
    else { return nil }
    return scheme.lowercased()
  }

  /// What stands before the last `@` goes, wherever that is: a password with an unescaped `/` or `@` must not slip
  /// through because the URL is malformed.
  private static func split(_ url: String) -> (scheme: Substring, userInfo: Substring?, rest: Substring) {
    guard let separator = url.range(of: "://") else { return ("", nil, url[...]) }
    let scheme = url[..<separator.upperBound]
    let body = url[separator.upperBound...]
    guard let at = body.lastIndex(of: "@") else { return (scheme, nil, body) }
    return (scheme, body[..<at], body[body.index(after: at)...])
  }

  private static func redacted(_ url: String) -> String {
    let (scheme, userInfo, rest) = split(url)
    return scheme + (userInfo == nil ? "" : "***@") + redactingValues(in: rest)
  }

  /// Hides every `value` of `key=value`, in the query and, as some cameras have it, in the path.
  private static func redactingValues(in text: Substring) -> String {
    var result = ""
    var isValue = false
    for character in text {
      if isValue, !"&;?#/".contains(character) { continue }
      isValue = character == "="
      result.append(character)
      if isValue { result += "***" }
    }
    return result
  }

  private static func secrets(of url: String) -> [String] {
    let (_, userInfo, rest) = split(url)
    let credentials = userInfo.map { [$0] + $0.split(separator: ":") } ?? []
    let values = rest.split { "&;?#/".contains($0) }.compactMap { part -> Substring? in
      part.firstIndex(of: "=").map { part.suffix(from: part.index(after: $0)) }
    }
    let raw = (credentials + values).map { String($0) }.filter { !$0.isEmpty }
    return raw + raw.compactMap(\.removingPercentEncoding)
  }
}
