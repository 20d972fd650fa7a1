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
      "Reads the secrets and opens the files that it names; systemd's credentials only where systemd gives them. Exits with "
      + "78 where something is wrong.")

  @OptionGroup var options: ConfigurationOption

  func run() throws {
    let (configuration, unchecked) = try Configuration.check(options.file)
    if unchecked > 0 {
      StandardError.print(
        "not looked at: \(unchecked) \(unchecked == 1 ? "secret" : "secrets") by the name of a credential, which only the unit has; see "
          + "that it has LoadCredential= for each")
    }
    for camera in configuration.cameras { try StandardOutput.print("\(camera.name)\t\(camera.source)") }
  }
}
