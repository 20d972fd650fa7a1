/// A piece of a page. What is interpolated into one is escaped, unless it is a piece of a page itself.
///
/// Pieces are well-formed XML as well, so that a page can be checked with any parser.
struct HTML: ExpressibleByStringInterpolation {
  /// The markup.
  let source: String

  /// A piece that is markup already.
  init(markup: String) { source = markup }

  init(stringLiteral literal: String) { source = literal }

  init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { source += literal }

    mutating func appendInterpolation(_ text: String) { source += escaped(text) }

    mutating func appendInterpolation(_ number: Int) { source += String(number) }

    mutating func appendInterpolation(_ piece: HTML?) { source += piece?.source ?? "" }

    mutating func appendInterpolation(_ pieces: [HTML]) {
      source += pieces.lazy.map(\.source).joined(separator: "\n")
    }
  }
}

/// Text in which no character means anything to HTML or XML, in an element or in a quoted attribute.
///
/// Characters that XML cannot hold, such as most control characters, become U+FFFD.
private func escaped(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
