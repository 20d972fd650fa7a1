import ArgumentParser
import Foundation

/// Which database a command reads or writes.
struct DatabaseOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The alert database.",
      discussion: """
        Without it $\(variable), else \(installed) where that exists, else \(local) in the current folder. Its \
        pictures lie beside it, in a folder of the same name with .media appended.
        """,
      valueName: "path"))
  var database: String?

  func validate() throws {
    if database?.isEmpty == true { throw ValidationError("--database takes the path of a file") }
  }

  /// The path of the database.
  var path: String {
    if let database { return database }
    if let named = ProcessInfo.processInfo.environment[Self.variable], !named.isEmpty { return named }
    return Self.isInstalled ? Self.installed : Self.local
  }

  /// Where its folder may not be looked into, the service has it all the same: what is said then is that it may not be read.
  private static var isInstalled: Bool {
    access(installed, F_OK) == 0 || errno == EACCES
  }

  private static let variable = "ANALYTICS_DATABASE"
  private static let installed = "/var/lib/analytics/analytics.db"
  private static let local = "analytics.db"
}
