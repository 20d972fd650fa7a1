/// One frame of a source at the analysis rate.
///
/// Holds a counted reference to the decoder's full-size picture for as long as it lives: about 1.5 bytes per pixel. So
/// keep few frames, or keep only what you need of them.
public struct Frame: Sendable {
  /// Counts the frames delivered, from 0.
  public let index: Int
  /// Counts the source's frames, from 0, those that were not delivered included.
  public let sourceIndex: Int
  /// Since the first frame of the source; strictly increasing.
  public let presentationTime: Duration
  /// Luma at the analysis size, upright.
  public let gray: GrayPicture
  /// Whether the decoder reported corruption or had to conceal some.
  public let isDamaged: Bool
  /// The motion since the frame delivered before; nil unless `ReaderOptions.motion` asks for it.
  public let motion: MotionField?

  private let picture: DecodedPicture

  init(
    index: Int, sourceIndex: Int, presentationTime: Duration, gray: GrayPicture, isDamaged: Bool,
    motion: MotionField?,
    picture: DecodedPicture
  ) {
    self.index = index
    self.sourceIndex = sourceIndex
    self.presentationTime = presentationTime
    self.gray = gray
    self.isDamaged = isDamaged
    self.motion = motion
    self.picture = picture
  }

  /// The full size of the upright picture; it may change in mid-stream.
  public var fullSize: PictureSize { picture.uprightSize }

  /// Width by height of the upright picture as it is shown, which is not that of `fullSize` where pixels are not square.
  public var aspectRatio: Double { picture.aspectRatio }

  /// The upright picture at full size, converted on every call; fails only for exotic pixel formats.
  public func colorPicture() throws(DecodeError) -> ColorPicture { try picture.colorPicture() }
}
