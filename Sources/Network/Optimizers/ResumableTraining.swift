public import Foundation

/// A training that goes step by step, and that can be taken up again where it was.
public protocol ResumableTraining {
  /// Seconds of training so far, those before a resumption included.
  var seconds: Double { get }
  /// Whether the budget is used up.
  var isFinished: Bool { get }
  /// Everything that is needed to go on as if never interrupted.
  func checkpoint() -> WeightsFile
}

private let secondsBetweenCheckpoints = 60.0

extension ResumableTraining {
  /// Takes steps until the budget is used up. A checkpoint is written every minute, when the training is interrupted and after
  /// its last step, since what follows can fail, as a full disk can; it stays until the model that came of it is safe, and
  /// whoever stores that removes it.
  ///
  /// - Parameters:
  ///   - place: Where checkpoints go; nil for none.
  ///   - checkCancellation: Called before every step; throws where the training is to end.
  ///   - takeStep: Takes one step.
  /// - Throws: What the two throw, and `NetworkError` where a checkpoint cannot be written.
  public func run(
    checkpoint place: URL?, checkCancellation: () throws -> Void, takeStep: () throws -> Void
  ) throws {
    func save() throws { if let place { try checkpoint().write(to: place) } }
    var lastCheckpoint = seconds
    while !isFinished {
      do {
        try checkCancellation()
      } catch {
        try save()
        throw error
      }
      try takeStep()
      if seconds - lastCheckpoint >= secondsBetweenCheckpoints {
        try save()
        lastCheckpoint = seconds
      }
    }
    try save()
  }
}

extension WeightsFile {
  /// The steps and seconds of the training that a checkpoint is of; nil where no training has such.
  public var trainingProgress: (step: Int, seconds: Double)? {
    guard let step = metadata["step"].flatMap(Int.init), (0...1 << 40).contains(step),
      let seconds = metadata["seconds"].flatMap(Double.init), seconds.isFinite, seconds >= 0
    else { return nil }
    return (step, seconds)
  }
}
