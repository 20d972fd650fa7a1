/// What keeps a benchmark from being evaluated.
public enum EvaluationError: Error, Sendable, CustomStringConvertible {
  /// A folder or file cannot be read.
  case unreadable(path: String, reason: String)
  /// A folder holds no clip.
  case noClips(folder: String)
  /// No clip of the folder is labelled.
  case noLabelledClip(folder: String, labels: String, example: String)
  /// A clip has not as many frames as labels.
  case frameCount(clip: String, frames: Int, labels: Int)
  /// A mask archive is not usable.
  case masks(path: String, reason: String)
  /// Neither footage to learn from nor a model that knows its camera.
  case nothingLearned

  /// What happened and what to do, in words.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .noClips(let folder): "\(folder): there is no clip in this folder"
    case .noLabelledClip(let folder, let labels, let example):
      "\(folder): none of its clips is labelled in \(labels), which would call the first one \"\(example)\" (the path "
        + "relative to the labels, without extension)"
    case .frameCount(let clip, let frames, let labels):
      "\(clip): has \(frames) frames, but \(labels) labels; labels count every frame of the file, from 0"
    case .masks(let path, let reason): "\(path): \(reason)"
    case .nothingLearned:
      "there is nothing to tell regular from irregular by: give --train, or a --model that is calibrated"
    }
  }
}
