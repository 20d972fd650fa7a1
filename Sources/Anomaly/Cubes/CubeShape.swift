public import Decode

/// The shape of a cube: consecutive frames at one size, `[frames, height, width, channels]`, row-major.
public struct CubeShape: Sendable, Hashable, Codable {
  /// The largest height and width that a model may ask for, in pixels.
  public static let largestSide = 4096
  /// The longest cube that a model may ask for, in frames.
  public static let mostFrames = 128

  /// Frames per cube (T).
  public let frames: Int
  /// Rows of a frame, in pixels.
  public let height: Int
  /// Columns of a frame, in pixels.
  public let width: Int
  /// What the frames hold. Not stored with the shape: the name of a network says it.
  public internal(set) var content = CubeContent.gray

  enum CodingKeys: String, CodingKey {
    case frames, height, width
  }

  /// A cube of 16 gray frames of 128×128 pixels unless told otherwise.
  ///
  /// - Precondition: every extent is positive. For a STAE they are multiples of 8, since it halves each three times.
  public init(frames: Int = 16, height: Int = 128, width: Int = 128, content: CubeContent = .gray) {
    precondition(min(frames, height, width) > 0, "a cube of \(frames)×\(height)×\(width)")
    self.frames = frames
    self.height = height
    self.width = width
    self.content = content
  }

  /// A cube of 16 frames of what an analysis picture of 128×128 pixels gives.
  public static func standard(_ content: CubeContent) -> CubeShape {
    CubeShape(height: 128 / content.pixelSide, width: 128 / content.pixelSide, content: content)
  }

  /// A cube of as many frames of what an analysis picture of this size gives, the same for nil; for a STAE, its sides are multiples
  /// of 8 times the content's `pixelSide`.
  public func resized(to size: PictureSize?) -> CubeShape {
    guard let size else { return self }
    return CubeShape(
      frames: frames, height: size.height / content.pixelSide, width: size.width / content.pixelSide,
      content: content)
  }

  /// Whether a STAE can have this shape: decoded shapes need not.
  var isUsable: Bool {
    [frames, height, width].allSatisfy { $0 > 0 && $0.isMultiple(of: 8) } && frames <= Self.mostFrames
      && max(height, width) <= Self.largestSide
  }

  /// The analysis size of the frames that cubes are cut from.
  public var pictureSize: PictureSize {
    PictureSize(width: width * content.pixelSide, height: height * content.pixelSide)
  }

  /// Pixels of one frame.
  public var pixelsPerFrame: Int { height * width }

  /// Values of one frame, those of all channels.
  public var valuesPerFrame: Int { pixelsPerFrame * content.channels }

  /// Values of the whole cube.
  public var elementCount: Int { frames * valuesPerFrame }

  /// The grid of the heat map that a frame of this shape has.
  public var grid: CellGrid {
    CellGrid(columns: width / CellGrid.step, rows: height / CellGrid.step)
  }
}
