import Daemon
import Logging
import Synchronization
import Testing

@Suite struct JournalLogHandlerTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
    func add(_ line: String) { all.withLock { $0.append(line) } }
  }

  private func lines(isJournal: Bool, _ body: (Logger) -> Void) -> [String] {
    let lines = Lines()
    let logger = Logger(label: "test") { _ in
      JournalLogHandler(logLevel: .info, isJournal: isJournal, write: lines.add)
    }
    body(logger)
    return lines.all.withLock { $0 }
  }

  @Test func theJournalGetsPriorities() {
    let written = lines(isJournal: true) { logger in
      logger.debug("not written")
      logger.info("started")
      logger.warning("trying again", metadata: ["camera": "gate", "run": "1"])
      logger.error("two\nlines")
    }
    #expect(written == ["<6>started\n", "<4>gate: trying again run=1\n", "<3>two lines\n"])
  }

  @Test func elsewhereLinesStartWithTheTime() {
    let written = lines(isJournal: false) { $0.notice("hello") }
    #expect(written.first?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ notice hello\n/) != nil)
  }

  @Test func credentialsAreHiddenAtTheSink() {
    let written = lines(isJournal: true) {
      $0.info("opening rtsp://u:p@host/1", metadata: ["url": "http://h/?token=x"])
    }
    #expect(written == ["<6>opening rtsp://***@host/1 url=http://h/?***\n"])
  }
}
