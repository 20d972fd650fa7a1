import ArgumentParser
import Store

struct AlertsMark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mark", abstract: "Says whether an alert is true or false.",
    discussion: "The mark stays with the alert, also when its clip is replayed again.")

  enum Verdict: String, EnumerableFlag {
    case `true`, `false`
  }

  @Argument(help: "The number of the alert.")
  var id: Int64

  @Flag(help: "Whether something irregular did happen.")
  var verdict: Verdict

  @OptionGroup var database: DatabaseOption

  func run() throws {
    let store = try AlertStore(openingAt: database.path, mode: .readWriteExisting)
    try store.mark(id, isTrue: verdict == .true)
  }
}
