import ArgumentParser
import Daemon
import Logging
import Store

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Watches the cameras of a configuration file until it is told to stop.",
    discussion: """
      Meant for systemd: tells it when it is ready, feeds its watchdog while every camera gets on, and on SIGTERM or \
      SIGINT ends open alerts and exits with 0. A camera that cannot be reached is tried again for ever; a file is read once, as \
      fast as it goes; a camera whose model is broken is left out until the next start.
      """)

  @OptionGroup var options: ConfigurationOption

  func run() async throws {
    let configuration = try options.load()
    let logger = Logger(label: "analytics") { _ in
      JournalLogHandler.standardError(logLevel: configuration.logLevel)
    }
    let store = try AlertStore(openingAt: configuration.database, mode: .readWrite)
    let supervisor = Supervisor(
      configuration: configuration, store: store, programVersion: Analytics.configuration.version,
      environment: Supervisor.Environment(), logger: logger)
    try await supervisor.run()
  }
}
