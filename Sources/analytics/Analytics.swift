import ArgumentParser
import Daemon
import Foundation

@main
struct Analytics: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analytics",
    abstract: "Learns what is normal in front of a camera and says when something is not.",
    version: "0.1.0",
    subcommands: [
      Alerts.self, Bench.self, Check.self, ConfigCommand.self, Evaluate.self, Export.self, Models.self,
      People.self, Replay.self, RunCommand.self, Search.self, Train.self,
    ])

  static func main() async {
    // A reader that has seen enough closes the pipe; the next write says so.
    signal(SIGPIPE, SIG_IGN)
    do {
      let command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        var command = command
        try command.run()
      }
    } catch OutputError.closed {
      Foundation.exit(0)
    } catch {
      // What is not ours is ArgumentParser's: help, usage errors, a command's own exit code.
      guard let code = ExitCode(for: error) else { exit(withError: error) }
      // A password may stand where nobody would look for one: in the name of a file, for instance.
      StandardError.print("analytics: \(Redaction.redact("\(error)"))")
      Foundation.exit(code.rawValue)
    }
  }
}
