public import Decode

/// The last frames of a stream, cut into cubes that overlap.
///
/// A cube ends with the first T frames, and from then on after every `hop` frames. The frames that a cube is the first
/// to hold are `pending` until `markScored()`: T frames for the first cube, `hop` for each later one, fewer when the
/// stream ends in between.
///
/// Memory: `T + hop` frames as `Float`. They lie in order, so that a cube is one stretch of memory.
public struct CubeWindow: Sendable {
  /// The shape of the cubes.
  public let shape: CubeShape
  /// Frames from the end of one cube to the end of the next.
  public let hop: Int

  /// A pause longer than this many frame intervals cuts the stream: motion across it would be a leap.
  private static let longestPauseInIntervals = 4.0

  private var pixels: [Float]
  private var stamps: [FrameStamp] = []
  private var pendingCount = 0

  /// An empty window.
  ///
  /// - Precondition: `hop` is 1…T.
  public init(shape: CubeShape, hop: Int) {
    precondition((1...shape.frames).contains(hop), "the hop must be 1…\(shape.frames), not \(hop)")
    self.shape = shape
    self.hop = hop
    self.pixels = [Float](repeating: 0, count: (shape.frames + hop) * shape.pixelsPerFrame)
    self.stamps.reserveCapacity(shape.frames + hop)
  }

  /// Frames in no cube so far, oldest first.
  public var pending: ArraySlice<FrameStamp> { stamps.suffix(pendingCount) }

  /// Whether the window holds the T frames of a cube at all.
  public var holdsCube: Bool { stamps.count >= shape.frames }

  /// Whether the newest frame ends a cube.
  public var endsCube: Bool {
    holdsCube && (pendingCount == hop && stamps.count > shape.frames || pendingCount == shape.frames)
  }

  /// Whether a frame shown at `time` goes on where the window ends; false after a pause or a leap backwards.
  public func isContinued(at time: Duration) -> Bool {
    guard let last = stamps.last else { return true }
    guard time > last.presentationTime else { return false }
    let intervals = zip(stamps.dropFirst(), stamps).map { $0.presentationTime - $1.presentationTime }.sorted()
    guard !intervals.isEmpty else { return true }
    let usual = intervals[intervals.count / 2]
    return time - last.presentationTime <= usual * Self.longestPauseInIntervals
  }

  /// Refuses a picture that has not the window's size.
  ///
  /// - Throws: `AnomalyError.pictureSize`.
  public func check(_ picture: GrayPicture, frameIndex: Int) throws(AnomalyError) {
    let expected = PictureSize(width: shape.width, height: shape.height)
    guard picture.size == expected else {
      throw .pictureSize(found: picture.size, expected: expected, frameIndex: frameIndex)
    }
  }

  /// Takes a frame, as 0…1.
  ///
  /// - Precondition: the picture has the window's size.
  public mutating func append(_ picture: GrayPicture, stamp: FrameStamp) {
    precondition(picture.pixels.count == shape.pixelsPerFrame, "a frame of another size")
    if stamps.count == shape.frames + hop { dropFramesBeforeLastCube() }
    let offset = stamps.count * shape.pixelsPerFrame
    let count = shape.pixelsPerFrame
    pixels.withUnsafeMutableBufferPointer { target in
      picture.pixels.withUnsafeBufferPointer { source in
        for pixel in 0..<count { target[offset + pixel] = Float(source[pixel]) * (1 / 255) }
      }
    }
    stamps.append(stamp)
    pendingCount += 1
  }

  /// Calls `body` with the cube that ends with the newest frame: `[T, H, W]`, row-major, 0…1.
  ///
  /// - Precondition: `holdsCube`.
  public func withCube<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
    precondition(holdsCube, "the window holds \(stamps.count) of \(shape.frames) frames")
    let end = stamps.count * shape.pixelsPerFrame
    return try pixels.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[(end - shape.elementCount)..<end]))
    }
  }

  /// Says that the pending frames have been scored with the newest cube.
  public mutating func markScored() { pendingCount = 0 }

  /// Forgets everything.
  public mutating func restart() {
    stamps.removeAll(keepingCapacity: true)
    pendingCount = 0
  }

  private mutating func dropFramesBeforeLastCube() {
    let dropped = stamps.count - shape.frames
    let offset = dropped * shape.pixelsPerFrame
    let count = shape.elementCount
    pixels.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      base.update(from: base + offset, count: count)
    }
    stamps.removeFirst(dropped)
  }
}
