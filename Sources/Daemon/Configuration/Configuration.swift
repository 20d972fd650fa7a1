public import Foundation
public import Logging
import SystemReason

/// What the daemon is told by its YAML file; `config/analytics.yaml` documents every key.
public struct Configuration: Sendable, Equatable {
  /// Where `analytics run` looks when it is not told otherwise.
  public static let defaultFile = URL(filePath: "/etc/analytics/analytics.yaml")

  /// The SQLite file of the alert log; snapshots and heat maps lie beside it.
  public var database = URL(filePath: "/var/lib/analytics/analytics.db")
  /// Messages below this level are not written.
  public var logLevel = Logger.Level.info
  /// The cameras, in the order of the file; never empty, and no two of one name.
  public var cameras: [CameraConfiguration]

  /// A configuration of these cameras with every other key at its default.
  public init(cameras: [CameraConfiguration]) { self.cameras = cameras }

  /// Reads a file, resolves its secrets and checks that the files it names are there.
  ///
  /// - Parameters:
  ///   - file: The YAML file. Relative paths in it start at its folder.
  ///   - environment: Where `CREDENTIALS_DIRECTORY` is looked up.
  /// - Throws: `ConfigurationError` with every problem found, not merely the first.
  public static func load(
    from file: URL, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ConfigurationError) -> Configuration {
    try parse(text(of: file), file: file, environment: environment)
  }

  /// As ``load(from:environment:)``, of text that was read already.
  public static func parse(
    _ text: String, file: URL, environment: [String: String]
  ) throws(ConfigurationError) -> Configuration {
    try parse(text, file: file, secrets: SecretStore(environment: environment, folder: folder(of: file)))
      .configuration
  }

  /// As ``load(from:environment:)``, for somebody who looks at it outside of systemd's unit, where there are no credentials. Opens
  /// the files that it names, too.
  ///
  /// - Returns: besides the configuration, how many credentials were not looked at.
  public static func check(
    _ file: URL, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ConfigurationError) -> (configuration: Configuration, uncheckedCredentials: Int) {
    let secrets = SecretStore(
      environment: environment, folder: folder(of: file), leavesCredentialsOut: true)
    let (configuration, parser) = try parse(text(of: file), file: file, secrets: secrets)
    let problems = configuration.problems(in: file, lines: parser.lines)
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    return (configuration, parser.secrets.leftOutCount)
  }

  private static func parse(
    _ text: String, file: URL, secrets: SecretStore
  ) throws(ConfigurationError) -> (configuration: Configuration, parser: ConfigurationParser) {
    var parser = ConfigurationParser(file: file, secrets: secrets)
    let configuration = parser.parse(text)
    guard let configuration, parser.problems.isEmpty else {
      throw ConfigurationError(problems: parser.problems)
    }
    return (configuration, parser)
  }

  private static func folder(of file: URL) -> URL { file.deletingLastPathComponent() }

  private static func text(of file: URL) throws(ConfigurationError) -> String {
    do {
      return try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw ConfigurationError(problems: [
        ConfigurationProblem(
          file: file.path, line: nil, keyPath: "",
          message: "cannot be read (\(error.systemReason)); name another file with --config FILE")
      ])
    }
  }
}
