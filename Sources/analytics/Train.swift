import ArgumentParser

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model; without a subcommand, that of one camera.",
    subcommands: [TrainAnomaly.self, TrainDetector.self, TrainReID.self], defaultSubcommand: TrainAnomaly.self
  )
}
