public import Decode

/// A motion field as a network takes it and as training keeps it: two bytes a cell, x and y in turn.
///
/// A velocity in pixels of the `ReferencePicture` per frame interval is cut to ±6, and 21 steps of a byte stand for one
/// pixel: 128 is rest, 2 and 254 are the limits. Networks see the bytes as 0…1.
public struct EncodedMotion: Sendable, Equatable {
  /// What is faster counts as this fast, in reference pixels per frame interval.
  static let limit: Float = 6
  /// Steps of a byte per pixel.
  private static let stepsPerPixel: Float = 21
  /// The byte for rest.
  private static let rest: Float = 128
  /// The encoding, for model files.
  static let normalisation = "reference pixels per frame interval, ±6, as (128 + 21 v) / 255"

  /// x and y of each cell, row by row.
  public let bytes: [UInt8]

  /// The motion of a frame; nil for one of which none is known.
  ///
  /// - Parameter framesPerSecond: what makes a velocity a distance per frame interval.
  public init?(_ frame: Frame, framesPerSecond: Double) {
    guard let field = frame.knownMotion else { return nil }
    self.init(
      field, analysisSize: frame.gray.size, aspectRatio: frame.aspectRatio, framesPerSecond: framesPerSecond)
  }

  /// The motion of a field.
  ///
  /// - Parameter aspectRatio: width by height of the upright picture.
  init(_ field: MotionField, analysisSize: PictureSize, aspectRatio: Double, framesPerSecond: Double) {
    let scale =
      ReferencePicture(aspectRatio: aspectRatio).pixelsPerUnit(
        columns: analysisSize.width, rows: analysisSize.height) / Float(framesPerSecond)
    bytes = field.velocities.flatMap { [Self.byte($0.x * scale.x), Self.byte($0.y * scale.y)] }
  }

  private static func byte(_ pixels: Float) -> UInt8 {
    UInt8((rest + stepsPerPixel * min(limit, max(-limit, pixels))).rounded())
  }

  /// What a network sees for the opposite of the velocity that it sees as `value`.
  static func opposite(_ value: Float) -> Float { 2 * rest / 255 - value }
}
