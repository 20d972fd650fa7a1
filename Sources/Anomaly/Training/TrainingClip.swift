public import Decode

/// A stretch of footage in memory: gray frames of H × W bytes, and 2 KiB of motion each where the source gives it.
///
/// A clip for networks that take motion fields holds those too, 8 KiB each at 128×128 pixels.
public struct TrainingClip: Sendable {
  /// What it is called in messages.
  public let name: String
  /// The frames, all of one size.
  public let frames: [GrayPicture]
  /// When each is shown.
  public let times: [Duration]
  /// Whether the decoder had to make up a part of each.
  public let isDamaged: [Bool]
  /// How each moves; nil where it is not known.
  public let motion: [MotionMap?]
  /// The motion field of each, for networks; nil where none is needed.
  public let fields: [EncodedMotion]?

  /// A clip of these frames.
  public init(
    name: String, frames: [GrayPicture], times: [Duration], isDamaged: [Bool]? = nil,
    motion: [MotionMap?]? = nil, fields: [EncodedMotion]? = nil
  ) {
    precondition(times.count == frames.count && fields?.count ?? frames.count == frames.count)
    precondition(isDamaged?.count ?? frames.count == frames.count)
    self.name = name
    self.frames = frames
    self.times = times
    self.isDamaged = isDamaged ?? frames.map { _ in false }
    self.motion = motion ?? frames.map { _ in nil }
    self.fields = fields
  }

  /// Reads frames until the source ends or `until` is reached; goes on where an earlier clip of the same reader ended.
  ///
  /// - Parameter fieldsPerSecond: the frame rate, for a clip that keeps motion fields.
  public init(
    name: String, reading reader: VideoReader, until: Duration? = nil, fieldsPerSecond: Double? = nil,
    progress: (Duration) -> Void = { _ in }
  ) throws(DecodeError) {
    var (frames, times, motion): ([GrayPicture], [Duration], [MotionMap?]) = ([], [], [])
    var (isDamaged, fields): ([Bool], [EncodedMotion?]) = ([], [])
    while let frame = try reader.next() {
      frames.append(frame.gray)
      times.append(frame.presentationTime)
      isDamaged.append(frame.isDamaged)
      motion.append(MotionMap(frame))
      if let fieldsPerSecond { fields.append(EncodedMotion(frame, framesPerSecond: fieldsPerSecond)) }
      progress(frame.presentationTime)
      if let until, frame.presentationTime >= until { break }
    }
    // A clip of one frame, or one of whose frames no motion is known, has no field to fill up with.
    let filled = filledFromNeighbours(fields).compactMap(\.self)
    self.init(
      name: name, frames: frames, times: times, isDamaged: isDamaged, motion: motion,
      fields: filled.count == frames.count && fieldsPerSecond != nil ? filled : nil)
  }

  /// What a frame of this size takes in memory, with its motion.
  ///
  /// - Parameter holdsFields: whether motion fields for networks are kept, too.
  public static func bytesPerFrame(_ size: PictureSize, holdsFields: Bool) -> Int {
    let cellsPerFrame = size.pixelCount / (CellGrid.step * CellGrid.step)
    let motion = cellsPerFrame * MotionMap.windowSides.count * MemoryLayout<Float>.stride
    return size.pixelCount + motion + (holdsFields ? size.pixelCount / 2 : 0)
  }

  /// The given frames as a clip of their own.
  public func part(_ range: Range<Int>) -> TrainingClip {
    TrainingClip(
      name: name, frames: Array(frames[range]), times: Array(times[range]),
      isDamaged: Array(isDamaged[range]), motion: Array(motion[range]),
      fields: fields.map { Array($0[range]) })
  }

  /// What a network for such cubes sees of a frame: `[H, W, C]` in bytes.
  ///
  /// - Precondition: the clip holds it; a `TrainingRun` makes sure of that.
  func values(ofFrame index: Int, as content: CubeContent) -> [UInt8] {
    switch content {
    case .gray: return frames[index].pixels
    case .motion:
      guard let fields else { preconditionFailure("\(name) was read without motion fields") }
      return fields[index].bytes
    }
  }
}
