import Foundation
import TestKit
import Testing

/// The documents against the program: what they name exists, and what exists is named.
@Suite struct DocumentationTests {
  /// One command of the program with everything below it, as ArgumentParser tells it.
  private struct Command: Decodable {
    struct Tree: Decodable { let command: Command }
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
        var text: String { (kind == "long" ? "--" : "-") + name }
      }
      let names: [Name]?
      let kind: String
    }
    let commandName: String
    let subcommands: [Command]?
    let defaultSubcommand: String?
    let arguments: [Argument]?

    var options: Set<String> { Set((arguments ?? []).flatMap { ($0.names ?? []).map(\.text) }) }

    /// Every command by its words, those that only group others left out; a default subcommand goes by its group's words
    /// as well.
    func leaves(_ words: [String] = []) -> [(words: [String], command: Command)] {
      let below = (subcommands ?? []).filter { $0.commandName != "help" }
      if below.isEmpty { return [(words, self)] }
      let implied = below.filter { $0.commandName == defaultSubcommand }.map { (words: words, command: $0) }
      return implied + below.flatMap { $0.leaves(words + [$0.commandName]) }
    }
  }

  private let root: Command
  private let readme: String

  init() throws {
    let dump = try AnalyticsBinary.run(["--experimental-dump-help"])
    root = try JSONDecoder().decode(Command.Tree.self, from: Data(dump.stdout.utf8)).command
    readme = try Self.text("README.md")
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: TestData.packageRoot.appending(path: path), encoding: .utf8)
  }

  /// Options that every command has, and that stand in no table.
  private static let common: Set = ["--help", "-h", "--version"]

  /// What stands between backquotes, and in indented blocks.
  private func code(in text: String) -> [String] {
    let blocks = text.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { line in
      String(line.prefix { $0 != "#" }).trimmingCharacters(in: .whitespaces)
    }
    return blocks + text.matches(of: /`([^`\n]+)`/).map { String($0.1) }
  }

  private func options(in text: some StringProtocol) -> Set<String> {
    Set(String(text).matches(of: /(?:^|[^\w-])(--[a-z][a-z-]+|-[a-z])(?![\w-])/).map { String($0.1) })
  }

  // MARK: From the documents to the program

  @Test func everyCommandThatTheDocumentsCallExistsAndTakesItsOptions() throws {
    var called = 0
    for document in ["README.md", "CONTRIBUTING.md", "Models/README.md"] {
      for line in code(in: try Self.text(document)) where line.starts(with: /analytics [a-z]/) {
        let words = line.split(separator: " ").dropFirst().map { String($0) }
        let matching = root.leaves().filter { !$0.words.isEmpty && words.starts(with: $0.words) }
        let found = try #require(
          matching.max { $0.words.count < $1.words.count }, "\(document): `\(line)`: no such command")
        let unknown = options(in: line).subtracting(found.command.options)
        #expect(unknown.isEmpty, "\(document): `\(line)`")
        called += 1
      }
    }
    #expect(called >= 20, "the documents have examples")
  }

  @Test func everyRowOfTheCommandTableListsOptionsOfItsCommands() throws {
    let rows = readme.split(separator: "\n").filter { $0.hasPrefix("| `analytics ") }
    #expect(rows.count >= 9)
    for row in rows {
      let commands = root.leaves().filter { leaf in
        row.contains("`analytics \(leaf.words.joined(separator: " "))`")
          || row.contains("`analytics \(leaf.words.joined(separator: " ")) ")
          || leaf.words.first == "bench" && row.contains("`analytics bench ")
      }
      let known = commands.reduce(into: Set<String>()) { $0.formUnion($1.command.options) }
      #expect(options(in: row).subtracting(known).isEmpty, "\(row)")
    }
  }

  @Test func everyMakeTargetThatTheDocumentsNameExists() throws {
    let makefile = try Self.text("Makefile")
    let targets = Set(makefile.matches(of: /(?m)^([a-z][a-z0-9-]*):/).map { String($0.1) })
    var named: Set<String> = []
    for document in ["README.md", "CONTRIBUTING.md", ".ci/run"] {
      let text = try Self.text(document)
      let calls = document == ".ci/run" ? [text] : code(in: text)
      named.formUnion(calls.flatMap { $0.matches(of: /\bmake ([a-z][a-z0-9-]*)/).map { String($0.1) } })
    }
    #expect(named.isSuperset(of: ["demo", "test"]))
    #expect(named.subtracting(targets).isEmpty)
  }

  @Test func everyFileThatTheDocumentsLinkToExists() throws {
    let root = TestData.packageRoot
    let pages = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "design").path)
      .filter { $0.hasSuffix(".md") }
    for document in ["README.md", "CONTRIBUTING.md", "Models/README.md"] + pages.map({ "design/\($0)" }) {
      let folder = root.appending(path: document).deletingLastPathComponent()
      for link in try Self.text(document).matches(of: /\]\(([^)#\s]+)[^)]*\)/).map({ String($0.1) })
      where !link.contains("://") {
        let target = folder.appending(path: link).standardizedFileURL.path
        #expect(FileManager.default.fileExists(atPath: target), "\(document): \(link)")
      }
    }
    for page in pages {
      #expect(readme.contains("](design/\(page))"), "README.md does not name design/\(page)")
    }
  }

  /// The codes that the README states are those that the program has.
  @Test func exitCodesAreDocumented() throws {
    let start = try #require(readme.range(of: "Exit codes: ")).upperBound
    let end = try #require(readme.range(of: "\n\n", range: start..<readme.endIndex)).lowerBound
    let stated = Set(readme[start..<end].matches(of: /\b\d+\b/).compactMap { Int($0.0) })
    let source = try Self.text("Sources/analytics/ExitCodes.swift")
    let declared = Set(source.matches(of: /ExitCode\((\d+)\)/).compactMap { Int($0.1) })
    #expect(declared.count >= 6)
    #expect(stated == declared.union([0, 1]))
  }

  // MARK: From the program to the documents

  @Test func theReadmeNamesEveryCommand() throws {
    for (words, _) in root.leaves() where !words.isEmpty && words.last != "list" {
      let isNamed =
        words.first == "bench"
        ? readme.contains(try Regex("`(analytics bench )?\(words[1])( [A-Z]+)?`"))
        : code(in: readme).contains {
          $0.split(separator: " ").map { String($0) }.starts(with: ["analytics"] + words)
        }
      #expect(isNamed, "analytics \(words.joined(separator: " "))")
    }
  }

  /// What is not in the README is in the help, which must say something about it.
  @Test func everyOptionIsExplained() throws {
    for (words, command) in root.leaves() where words.last == command.commandName {
      let help = try AnalyticsBinary.run(words + ["--help"])
      #expect(help.status == 0)
      #expect(help.stdout.hasPrefix("OVERVIEW: "), "\(words) has no abstract")
      for option in command.options { #expect(help.stdout.contains(option), "\(words) \(option)") }
    }
  }

  @Test func theHelpOfACommandIsTheSameByEitherWay() throws {
    let asked = try AnalyticsBinary.run(["help", "replay"])
    #expect(asked.status == 0 && asked.stderr.isEmpty)
    #expect(try asked.stdout == AnalyticsBinary.run(["replay", "--help"]).stdout)
  }
}
