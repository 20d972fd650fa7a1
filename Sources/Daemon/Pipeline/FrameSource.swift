public import Decode

/// Gives the frames of a camera or clip, in order. Confined to one thread.
public protocol FrameSource: AnyObject {
  /// The next frame, waiting for it; nil at the end.
  func next() throws -> Frame?
  /// What is read, in words for the log.
  var mediaSummary: String { get }
  /// What was lost so far, in words for the log; nil where nothing was.
  var lossSummary: String? { get }
}

extension VideoReader: FrameSource {
  /// Codec, size and rate.
  public var mediaSummary: String { info.description }
  /// What was lost so far.
  public var lossSummary: String? { losses.summary }
}
