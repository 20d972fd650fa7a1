public import Decode

/// Where somebody was at a time.
public struct PathPoint: Sendable, Hashable {
  /// The presentation time.
  public let time: Duration
  /// The box, cut to the picture.
  public let box: Box

  /// A place and a time.
  public init(time: Duration, box: Box) {
    self.time = time
    self.box = box
  }
}
