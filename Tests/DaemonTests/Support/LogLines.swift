import Daemon
import Logging
import Synchronization

/// Logs into an array.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }

  var logger: Logger {
    Logger(label: "test") { _ in
      JournalLogHandler(logLevel: .debug, isJournal: true) { line in self.lines.withLock { $0.append(line) } }
    }
  }
}
