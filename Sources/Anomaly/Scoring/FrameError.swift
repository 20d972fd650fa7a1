/// What came of a frame: how far its reconstruction is off, or that the scene changed under it.
public struct FrameError: Sendable, Equatable {
  /// What there is to say about the frame.
  public enum Content: Sendable, Equatable {
    /// The error around each cell.
    case map(ErrorMap)
    /// The scene changes, so there is no error to speak of.
    case sceneChange(SceneChange)
  }

  /// Which frame it is.
  public let stamp: FrameStamp
  /// What there is to say about it.
  public let content: Content
  /// Whether the frame does not go on from the one before: the first of all, after a pause, after a scene change.
  public let startsSegment: Bool

  /// A frame's error.
  public init(stamp: FrameStamp, content: Content, startsSegment: Bool) {
    self.stamp = stamp
    self.content = content
    self.startsSegment = startsSegment
  }
}
