import ArgumentParser

@main
struct Analytics: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analytics",
    abstract: "Learns what is normal in front of a camera and says when something is not.")
}
