import ArgumentParser

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model on labelled footage.", subcommands: [EvaluateAnomaly.self, EvaluateReID.self])
}
