public import Decode

/// The last frames of a stream, cut into cubes that overlap.
///
/// A cube ends with the first T frames, and from then on after every `hop` frames. The frames that a cube is the first
/// to hold are `pending` until `reconstructPending`: T frames for the first cube, `hop` for each later one, fewer when the
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

  private var values: [Float]
  private var stamps: [FrameStamp] = []
  private var pendingCount = 0

  /// An empty window.
  ///
  /// - Precondition: `hop` is 1…T.
  public init(shape: CubeShape, hop: Int) {
    precondition((1...shape.frames).contains(hop), "the hop must be 1…\(shape.frames), not \(hop)")
    self.shape = shape
    self.hop = hop
    self.values = [Float](repeating: 0, count: (shape.frames + hop) * shape.valuesPerFrame)
    self.stamps.reserveCapacity(shape.frames + hop)
  }

  /// Frames in no cube so far, oldest first.
  public var pending: ArraySlice<FrameStamp> { stamps.suffix(pendingCount) }

  /// The T newest frames, oldest first, or fewer where there are no more.
  public var newestCube: ArraySlice<FrameStamp> { stamps.suffix(shape.frames) }

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
    let expected = shape.pictureSize
    guard picture.size == expected else {
      throw .pictureSize(found: picture.size, expected: expected, frameIndex: frameIndex)
    }
  }

  /// Takes a frame, `[H, W, C]` of 0…255, as 0…1.
  ///
  /// - Precondition: the frame has the window's size.
  public mutating func append(_ frame: [UInt8], stamp: FrameStamp) {
    precondition(frame.count == shape.valuesPerFrame, "a frame of another size")
    if stamps.count == shape.frames + hop { dropFramesBeforeLastCube() }
    let offset = stamps.count * shape.valuesPerFrame
    let count = shape.valuesPerFrame
    values.withUnsafeMutableBufferPointer { target in
      frame.withUnsafeBufferPointer { source in
        for index in 0..<count { target[offset + index] = Float(source[index]) * (1 / 255) }
      }
    }
    stamps.append(stamp)
    pendingCount += 1
  }

  /// Calls `body` with the cube that ends with the newest frame: `[T, H, W, C]`, row-major, 0…1.
  ///
  /// - Precondition: `holdsCube`.
  public func withCube<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
    precondition(holdsCube, "the window holds \(stamps.count) of \(shape.frames) frames")
    let end = stamps.count * shape.valuesPerFrame
    return try values.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[(end - shape.elementCount)..<end]))
    }
  }

  /// Reconstructs the cube that ends with the newest frame, and gives what `body` makes of each pending frame and its
  /// reconstruction, both `[H, W, C]`. No frame is pending then.
  ///
  /// - Precondition: `holdsCube`.
  mutating func reconstructPending<Result>(
    with reconstructor: any CubeReconstructor, scratch: inout [Float],
    _ body: (FrameStamp, UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) -> Result
  ) throws -> [Result] {
    let results = try withCube { cube in
      try scratch.withUnsafeMutableBufferPointer { reconstruction in
        if pending.count < shape.frames {
          try reconstructor.reconstructNext(cube, hop: pending.count, into: reconstruction)
        } else {
          try reconstructor.reconstruct(cube, into: reconstruction)
        }
        return zip(pending, (shape.frames - pending.count)...).map { stamp, position in
          let range = position * shape.valuesPerFrame..<(position + 1) * shape.valuesPerFrame
          return body(
            stamp, UnsafeBufferPointer(rebasing: cube[range]),
            UnsafeBufferPointer(rebasing: UnsafeBufferPointer(reconstruction)[range]))
        }
      }
    }
    pendingCount = 0
    return results
  }

  /// Forgets everything.
  public mutating func restart() {
    stamps.removeAll(keepingCapacity: true)
    pendingCount = 0
  }

  private mutating func dropFramesBeforeLastCube() {
    let dropped = stamps.count - shape.frames
    let offset = dropped * shape.valuesPerFrame
    let count = shape.elementCount
    values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      base.update(from: base + offset, count: count)
    }
    stamps.removeFirst(dropped)
  }
}
