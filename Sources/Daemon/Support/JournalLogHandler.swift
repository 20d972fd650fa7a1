import Foundation
public import Logging

/// Writes one line per message to standard error, without credentials.
///
/// Under systemd (`JOURNAL_STREAM` is set) a line starts with the priority that the journal understands, and leaves the
/// time to the journal; elsewhere it starts with the time in UTC.
public struct JournalLogHandler: LogHandler {
  /// Messages below it are not written.
  public var logLevel: Logger.Level
  /// Written with every message.
  public var metadata: Logger.Metadata = [:]
  /// Where further metadata comes from.
  public var metadataProvider: Logger.MetadataProvider?
  private let isJournal: Bool
  private let write: @Sendable (String) -> Void

  /// A handler of messages from a level on.
  ///
  /// - Parameters:
  ///   - isJournal: Whether standard error goes to the journal.
  ///   - write: Takes a line with its end.
  public init(
    logLevel: Logger.Level, isJournal: Bool, write: @escaping @Sendable (String) -> Void
  ) {
    self.logLevel = logLevel
    self.isJournal = isJournal
    self.write = write
  }

  /// A handler that writes to standard error.
  public static func standardError(logLevel: Logger.Level) -> JournalLogHandler {
    let isJournal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil
    return JournalLogHandler(logLevel: logLevel, isJournal: isJournal) { line in
      // One write per line, so that lines of several threads do not mix.
      try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }
  }

  /// Reads and writes one value of ``metadata``.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a message.
  public func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let camera = all.first { $0.key == "camera" }.map { "\($0.value): " } ?? ""
    let rest = all.filter { $0.key != "camera" }.map { " \($0.key)=\($0.value)" }.joined()
    // A line end in a message would start a line without a priority.
    let text = Redaction.redact("\(camera)\(event.message)\(rest)").replacing("\n", with: " ")
    write("\(prefix(event.level))\(text)\n")
  }

  private func prefix(_ level: Logger.Level) -> String {
    if isJournal { return "<\(Self.priority(level))>" }
    return "\(Date().formatted(.iso8601)) \(level.rawValue) "
  }

  /// The level of syslog(3).
  private static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
