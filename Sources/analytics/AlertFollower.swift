import Foundation
import Store
import Synchronization

/// Reads the alert log page by page, each from where the last one ended.
///
/// The database is opened anew each time, so that a follower holds nothing that a writer waits for, and sees a database
/// that it can only read without a write-ahead log.
final class AlertFollower {
  /// Where the last page ended, nil before the first.
  private(set) var cursor: AlertCursor?
  private let databasePath: String
  private var query: AlertQuery

  init(databasePath: String, query: AlertQuery) {
    self.databasePath = databasePath
    self.query = query
  }

  /// The next page.
  func next() throws(StoreError) -> AlertPage {
    let page = try AlertStore(openingAt: databasePath, mode: .readOnly).alerts(query)
    cursor = page.cursor
    query.after = page.cursor
    query.limit = nil
    return page
  }

  /// Hands over what comes next, until the program is told to stop (SIGINT, SIGTERM) or its output is closed.
  func follow(_ body: (Alert) throws -> Void) throws {
    StopRequest.listen()
    while !StopRequest.hasCome {
      for alert in try next().alerts { try body(alert) }
      try StandardOutput.waitForClosing(milliseconds: 250)
    }
  }
}

/// SIGINT and SIGTERM as a flag.
private enum StopRequest {
  private static let flag = Atomic(false)

  static var hasCome: Bool { flag.load(ordering: .relaxed) }

  static func listen() {
    // Read once, so that the flag exists before a signal handler needs it.
    _ = hasCome
    // Whoever started the program may have blocked them, and a program inherits that.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in StopRequest.flag.store(true, ordering: .relaxed) }
    }
  }
}
