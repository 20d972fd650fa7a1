import ArgumentParser

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model on labelled footage or pictures.",
    subcommands: [EvaluateAnomaly.self, EvaluateDetector.self, EvaluateReID.self])
}
