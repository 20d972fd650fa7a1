import ArgumentParser
import Store

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks that the alert database and its pictures are whole. Changes nothing.",
    discussion: "Prints what is wrong, and exits with 1 where something is.")

  @OptionGroup var database: DatabaseOption

  @Flag(help: "One JSON object per finding and line.")
  var json = false

  func run() throws {
    let findings = try AlertStore.check(databaseAt: database.path)
    for finding in findings { try StandardOutput.print(json ? jsonLine(finding) : "\(finding)") }
    if !findings.isEmpty { throw ExitCode.failure }
    if !json { try StandardOutput.print("\(database.path): all is well") }
  }
}
