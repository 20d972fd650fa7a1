public import Decode

/// The shape of a cube: consecutive gray frames at the analysis size, `[frames, height, width]`, row-major.
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

  /// A cube of 16 frames of 128×128 pixels unless told otherwise.
  ///
  /// - Precondition: every extent is a positive multiple of 8, since the network halves each three times.
  public init(frames: Int = 16, height: Int = 128, width: Int = 128) {
    precondition(
      [frames, height, width].allSatisfy { $0 > 0 && $0.isMultiple(of: 8) },
      "cube extents must be positive multiples of 8, not \(frames)×\(height)×\(width)")
    self.frames = frames
    self.height = height
    self.width = width
  }

  /// Whether a network can have this shape: decoded shapes need not.
  var isUsable: Bool {
    [frames, height, width].allSatisfy { $0 > 0 && $0.isMultiple(of: 8) } && frames <= Self.mostFrames
      && max(height, width) <= Self.largestSide
  }

  /// The size of one frame.
  public var pictureSize: PictureSize { PictureSize(width: width, height: height) }

  /// Pixels of one frame.
  public var pixelsPerFrame: Int { height * width }

  /// Elements of the whole cube.
  public var elementCount: Int { frames * pixelsPerFrame }

  /// The grid of the heat map that a frame of this shape has.
  public var grid: CellGrid {
    CellGrid(columns: width / CellGrid.step, rows: height / CellGrid.step)
  }
}
