import Foundation

/// Why nothing more can be written to standard output or to a file the user named.
enum OutputError: Error, CustomStringConvertible {
  /// Whoever read it has closed the pipe: the end, but no failure.
  case closed
  /// Writing failed.
  case failed(target: String, reason: String)

  var description: String {
    switch self {
    case .closed: "standard output is closed"
    case .failed(let target, let reason): "\(target) could not be written: \(reason)"
    }
  }
}

/// Where data goes.
enum StandardOutput {
  /// Writes a line at once.
  static func print(_ line: String) throws(OutputError) {
    var rest = Array("\(line)\n".utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        let reason = String(cString: strerror(errno))
        throw errno == EPIPE ? .closed : .failed(target: "standard output", reason: reason)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits, but no longer than until the reader closes the pipe.
  static func waitForClosing(milliseconds: Int32) throws(OutputError) {
    var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    if poll(&descriptor, 1, milliseconds) > 0 { throw .closed }
  }
}

/// Where everything that is not data goes.
enum StandardError {
  /// Writes a line at once, or several.
  static func print(_ text: String) { write(text.visible(keeping: "\n") + "\n") }

  /// Writes text as it is. Not by `FileHandle.write`, which ends the program where the terminal is gone.
  static func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}

extension String {
  /// The text with control characters spelt out: names come from users and from files, and must not steer a terminal.
  func visible(keeping kept: Unicode.Scalar? = nil) -> String {
    var text = ""
    for scalar in unicodeScalars {
      if scalar.properties.generalCategory == .control, scalar != kept {
        text += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
