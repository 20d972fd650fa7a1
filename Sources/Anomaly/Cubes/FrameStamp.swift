/// Which frame it is, and when it is shown.
public struct FrameStamp: Sendable, Hashable {
  /// 0-based, counts frames at the analysis rate.
  public let index: Int
  /// Since the first frame of the source.
  public let presentationTime: Duration

  /// A stamp of the given frame.
  public init(index: Int, presentationTime: Duration) {
    self.index = index
    self.presentationTime = presentationTime
  }
}
