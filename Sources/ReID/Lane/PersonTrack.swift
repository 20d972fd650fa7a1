public import Decode

/// A person who was followed from when they came until they went.
public struct PersonTrack: Sendable, Hashable {
  /// Names the track within its lane; ascending in order of birth, from 1, with gaps.
  public let ordinal: Int
  /// When they were first seen, as presentation time.
  public let firstSeen: Duration
  /// When they were last seen.
  public let lastSeen: Duration
  /// Where they were: at most 256 points, evenly thinned, with the first and the last.
  public let path: [PathPoint]
  /// The crop that tells most about them, at most 160 pixels high and 128 wide.
  public let bestCrop: ColorPicture
  /// When it was taken.
  public let bestCropTime: Duration
  /// Where it was taken, in fractions of the picture.
  public let bestCropBox: Box
  /// How well they can be recognised from it, 0…1; see `CropQuality`.
  public let quality: Double
  /// Frames in which they were detected.
  public let frameCount: Int
  /// What they look like: the mean of their best crops, weighted by quality; nil without an embedder.
  public let embedding: Embedding?
}
