public import Decode

/// What can go wrong between a frame and its score, and in reading labels.
public enum AnomalyError: Error, Equatable, CustomStringConvertible {
  /// A frame has not the size the network was built for.
  case pictureSize(found: PictureSize, expected: PictureSize, frameIndex: Int)
  /// A calibration was made for another grid than the network's.
  case grid(found: CellGrid, expected: CellGrid)
  /// No clip is long enough to learn from a part of it and to hold back another.
  case clipsTooShort(longest: Int, needed: Int)
  /// A network for motion fields cannot learn from a clip of which no motion is known.
  case noMotion(clip: String)
  /// Too few scored frames of held-back normal footage to calibrate from.
  case tooLittleFootage(frames: Int, needed: Int)
  /// A stored calibration contradicts itself.
  case calibration(reason: String)
  /// A label file cannot be read as text.
  case unreadableLabels(file: String, reason: String)
  /// A label file's line is not `clip,frame_index,anomalous`. Lines count from 1.
  case labels(file: String, line: Int, reason: String)
  /// Work was cancelled after so many steps of training.
  case interrupted(steps: Int, checkpoint: String?)
  /// A step of training gave a loss that is no finite number; steps count from 1.
  case diverged(step: Int)

  /// What happened, where, and what to do.
  public var description: String {
    switch self {
    case .pictureSize(let found, let expected, let frameIndex):
      "frame \(frameIndex) is \(found.width)×\(found.height) pixels, but the model takes "
        + "\(expected.width)×\(expected.height); decode at the model's analysis size"
    case .grid(let found, let expected):
      "the calibration is for \(found.columns)×\(found.rows) cells, but the model has "
        + "\(expected.columns)×\(expected.rows); calibrate this model anew"
    case .clipsTooShort(let longest, let needed):
      "the longest clip has \(longest) frames at the analysis rate, but learning and calibrating take \(needed) in "
        + "one clip; give a longer clip"
    case .noMotion(let clip):
      "\(clip): no motion is known of any of its frames, for instance since they lie too far apart in time; leave the clip "
        + "out, or give one of more frames a second"
    case .tooLittleFootage(let frames, let needed):
      "only \(frames) frames of the held-back footage can be scored, but calibration needs at least \(needed), and "
        + "only a part of all footage is held back; give more or longer clips"
    case .calibration(let reason):
      "the stored calibration is not usable: \(reason); train or calibrate the model anew"
    case .unreadableLabels(let file, let reason):
      "\(file): cannot be read as labels: \(reason)"
    case .interrupted(let steps, let checkpoint):
      "interrupted after \(steps) steps"
        + (checkpoint.map { "; the checkpoint \($0) is kept: go on with the same command and --resume" } ?? "")
    case .diverged(let step):
      "the training diverged: the loss of step \(step) is no finite number, and nothing of that step is kept; "
        + "start anew with another seed or from another model, or resume from an earlier checkpoint"
    case .labels(let file, let line, let reason):
      "\(file):\(line): \(reason); a line must be clip,frame_index,anomalous, for instance test/01,17,1"
    }
  }
}
