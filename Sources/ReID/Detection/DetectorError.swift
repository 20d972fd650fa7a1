/// What keeps a detector from being trained or measured.
public enum DetectorError: Error, Sendable, CustomStringConvertible {
  /// A label file cannot be read.
  case unreadableLabels(file: String, reason: String)
  /// A line of a label file is wrong.
  case labels(file: String, line: Int, reason: String)
  /// Nobody is in the pictures to learn from.
  case noPeople
  /// The training was interrupted after so many steps.
  case interrupted(steps: Int, checkpoint: String?)
  /// The loss is no finite number any more.
  case diverged(step: Int)

  /// What happened and what to do, in words.
  public var description: String {
    switch self {
    case .unreadableLabels(let file, let reason): "\(file): cannot be read: \(reason)"
    case .labels(let file, let line, let reason): "\(file):\(line): \(reason)"
    case .noPeople: "there is no box to learn from in the labels; label at least one person"
    case .interrupted(let steps, let checkpoint?):
      "interrupted after \(steps) steps; go on from \(checkpoint) with --resume"
    case .interrupted(let steps, nil): "interrupted after \(steps) steps"
    case .diverged(let step): "the loss is no number any more at step \(step); try another seed"
    }
  }
}
