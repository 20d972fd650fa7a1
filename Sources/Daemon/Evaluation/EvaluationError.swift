/// What keeps a benchmark from being evaluated.
public enum EvaluationError: Error, Sendable, CustomStringConvertible {
  /// A folder or file cannot be read.
  case unreadable(path: String, reason: String)
  /// A folder holds no clip.
  case noClips(folder: String)
  /// No clip of the folder is labelled.
  case noLabelledClip(folder: String, labels: String, example: String)
  /// Two clips go by one name.
  case sameName(name: String, first: String, second: String)
  /// A clip is to be learned from, and to be tested on.
  case trainsOnTest(clip: String)
  /// Cubes that would leave frames out.
  case hop(Int, cubeFrames: Int)
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
    case .sameName(let name, let first, let second):
      "\(first) and \(second) both go by the name \"\(name)\"; which one do its labels belong to? Leave one out"
    case .trainsOnTest(let clip):
      "\(clip): is among the clips to learn from and among the test clips; a model that has seen what it is tested on "
        + "proves nothing"
    case .hop(let hop, let cubeFrames):
      "--hop \(hop) is more than the \(cubeFrames) frames of the model's cubes; give 1 to \(cubeFrames)"
    case .frameCount(let clip, let frames, let labels):
      "\(clip): has \(frames) frames, but \(labels) labels; labels count every frame of the file, from 0"
    case .masks(let path, let reason): "\(path): \(reason)"
    case .nothingLearned:
      "there is nothing to tell regular from irregular by: give --train, or a --model that is calibrated"
    }
  }
}
