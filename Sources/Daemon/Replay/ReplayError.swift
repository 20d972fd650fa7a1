import Decode

/// What keeps a replay from being done.
public enum ReplayError: Error, Sendable, CustomStringConvertible {
  /// The clip ends within the part that is to be learned from.
  case clipEndsWhileLearning(clip: String, learnSeconds: Double, clipSeconds: Double)
  /// The part to learn from is too short.
  case learnsTooLittle(learnSeconds: Double, needed: Double)
  /// Ctrl-C; what was finished is stored.
  case interrupted(clip: String, frames: Int)

  /// What happened and what to do, in words.
  public var description: String {
    func text(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10) s" }
    switch self {
    case .clipEndsWhileLearning(let clip, let learn, let length):
      return
        "\(clip): lasts \(text(length)), so nothing is left to score after learning from \(text(learn)); "
        + "learn from less, or give a model"
    case .learnsTooLittle(let learn, let needed):
      return
        "\(text(learn)) of footage are too little to learn from and to calibrate on; learn from at least "
        + text(needed)
    case .interrupted(let clip, let frames):
      return "\(clip): interrupted after \(frames) frames; what was found so far is stored"
    }
  }
}
