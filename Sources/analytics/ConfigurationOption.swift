import ArgumentParser
import Daemon
import Foundation

/// Which configuration file a command reads.
struct ConfigurationOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The configuration file.", discussion: "Without it \(Configuration.defaultFile.path).",
      valueName: "file"))
  var config: String?

  /// The configuration, complete and free of problems.
  func load() throws(ConfigurationError) -> Configuration {
    try Configuration.load(from: file)
  }

  /// The file that is asked for.
  var file: URL { config.map { URL(filePath: $0) } ?? Configuration.defaultFile }
}
