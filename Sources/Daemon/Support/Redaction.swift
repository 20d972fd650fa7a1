/// Takes credentials out of text that is about to be logged or shown.
public enum Redaction {
  /// `text` with `***` in place of the user information and the query of every URL in it.
  ///
  /// A URL ends at white space, a quote or `<>`. Its user information ends at the last `@` before the path, because
  /// passwords that hold an unescaped `@` or `/` are common in practice; to err on the side of hiding is right here.
  /// `password=…` and its like are hidden wherever they stand, because some cameras want them in the path; and so is
  /// `user:password@` without a scheme, because it may have been forgotten.
  public static func redact(_ text: String) -> String {
    let url = /([A-Za-z][A-Za-z0-9+.\-]*:\/\/)([^\s"'<>`]*)/
    let userInformation = /[^\s"'<>`\/:@]+:(?!\/\/)[^\s"'<>`]*@/
    let parameter = /((?i:passwd|password|pass|pwd|token)=)[^&\s"'<>]+/
    return
      text
      .replacing(url) { match in "\(match.1)\(redactedRest(match.2))" }
      .replacing(userInformation, with: "***@")
      .replacing(parameter) { match in "\(match.1)***" }
  }

  private static func redactedRest(_ rest: Substring) -> String {
    let (beforeQuery, hasQuery) = split(rest)
    let visible = beforeQuery.lastIndex(of: "@").map { "***@" + beforeQuery[beforeQuery.index(after: $0)...] }
    return (visible ?? String(beforeQuery)) + (hasQuery ? "?***" : "")
  }

  /// The part before the query; a `?` before the last `@` belongs to a password.
  private static func split(_ rest: Substring) -> (Substring, Bool) {
    let searchStart = rest.lastIndex(of: "@") ?? rest.startIndex
    guard let query = rest[searchStart...].firstIndex(of: "?") else { return (rest, false) }
    return (rest[..<query], true)
  }
}
