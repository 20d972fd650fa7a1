public import Decode

/// A person that a detector found in a frame.
public struct Detection: Sendable, Hashable {
  /// Where, in fractions of the upright picture.
  public let box: Box
  /// How sure the detector is, 0…1.
  public let score: Float

  /// A person at `box`.
  public init(box: Box, score: Float) {
    self.box = box
    self.score = score
  }
}
