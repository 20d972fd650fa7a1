import ArgumentParser

// The options stand in the subcommands: a command that has both takes the options away from its subcommands.
struct Alerts: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists, follows, shows and marks alerts.",
    discussion: "Without a subcommand it lists: 'analytics alerts list --help' says with which options.",
    subcommands: [AlertsList.self, AlertsShow.self, AlertsMark.self], defaultSubcommand: AlertsList.self)
}
