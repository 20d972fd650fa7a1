import ArgumentParser
import Daemon
import Decode

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Looks after the configuration of the daemon.",
    subcommands: [ConfigCheck.self])
}

struct ConfigCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Says what is wrong in a configuration file, all at once. Changes nothing.",
    discussion:
      "Reads the secrets and looks for the files that it names. Exits with 78 where something is wrong.")

  @OptionGroup var options: ConfigurationOption

  func run() throws {
    let configuration = try options.load()
    for camera in configuration.cameras { try StandardOutput.print("\(camera.name)\t\(camera.source)") }
  }
}
