import ArgumentParser

// As in `Alerts`, the options stand in the subcommands.
struct People: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists, shows and forgets people who were seen.",
    discussion: "Without a subcommand it lists: 'analytics people list --help' says with which options.",
    subcommands: [PeopleList.self, PeopleShow.self, PeopleForget.self], defaultSubcommand: PeopleList.self)
}
