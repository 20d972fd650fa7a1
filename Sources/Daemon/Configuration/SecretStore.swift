import Foundation

/// Finds secrets in files: a systemd credential by its name, or any file by its path.
struct SecretStore {
  /// Why a secret could not be had; says what to do, and never what was written: it may be the secret itself.
  struct Failure: Error, Equatable {
    let message: String
  }

  let environment: [String: String]
  /// Where relative paths start.
  let folder: URL
  /// Whether credentials are left out where systemd gives none, outside of its unit.
  let leavesCredentialsOut: Bool
  /// How many credentials were left out.
  private(set) var leftOutCount = 0

  init(environment: [String: String], folder: URL, leavesCredentialsOut: Bool = false) {
    self.environment = environment
    self.folder = folder
    self.leavesCredentialsOut = leavesCredentialsOut
  }

  /// The first line of the secret called `reference`, without its line end.
  ///
  /// A reference without a slash is a systemd credential, `$CREDENTIALS_DIRECTORY/REFERENCE`. One that is left out is
  /// "unknown".
  mutating func secret(_ reference: String) throws(Failure) -> String {
    if leavesCredentialsOut, isCredential(reference), environment[Self.credentialsFolder] == nil {
      leftOutCount += 1
      return "unknown"
    }
    let file = try file(for: reference)
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw Failure(
        message: "the file that it names cannot be read; create it, readable by this user only")
    }
    guard let line = text.split(whereSeparator: \.isNewline).first, !line.isEmpty else {
      throw Failure(message: "the file that it names is empty; write the secret on its first line")
    }
    return String(line)
  }

  /// `text` with every `${REFERENCE}` replaced by its secret, percent-encoded so that it cannot break a URL.
  mutating func fillingIn(_ text: String) throws(Failure) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "${") {
      guard let close = rest[open.upperBound...].firstIndex(of: "}") else {
        throw Failure(message: "\"${\" has no \"}\"; write ${CREDENTIAL} or ${/path/of/a/file}")
      }
      let secret = try secret(String(rest[open.upperBound..<close]))
      result += rest[..<open.lowerBound] + Self.percentEncoded(secret)
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  /// `secret` with everything but RFC 3986's unreserved characters percent-encoded.
  static func percentEncoded(_ secret: String) -> String {
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return secret.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }

  private static let credentialsFolder = "CREDENTIALS_DIRECTORY"

  private func isCredential(_ reference: String) -> Bool { !reference.isEmpty && !reference.contains("/") }

  private func file(for reference: String) throws(Failure) -> URL {
    guard !reference.isEmpty else {
      throw Failure(message: "names no secret; write the name of a credential or the path of a file")
    }
    if !isCredential(reference) { return URL(filePath: reference, relativeTo: folder).absoluteURL }
    guard let credentials = environment[Self.credentialsFolder] else {
      throw Failure(
        message: "names a credential, and systemd gave none (\(Self.credentialsFolder) is not set); add "
          + "LoadCredential=NAME:/path to the unit, with the NAME that stands here, or write the path of a file with "
          + "a slash in it")
    }
    return URL(filePath: credentials).appending(path: reference)
  }
}
