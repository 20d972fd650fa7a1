public import Decode

/// A stretch of footage in memory: gray frames of H × W bytes, and 2 KiB of motion each where the source gives it.
public struct TrainingClip: Sendable {
  /// What it is called in messages.
  public let name: String
  /// The frames, all of one size.
  public let frames: [GrayPicture]
  /// When each is shown.
  public let times: [Duration]
  /// How each moves; nil where it is not known.
  public let motion: [MotionMap?]

  /// A clip of these frames.
  public init(name: String, frames: [GrayPicture], times: [Duration], motion: [MotionMap?]? = nil) {
    self.name = name
    self.frames = frames
    self.times = times
    self.motion = motion ?? frames.map { _ in nil }
  }

  /// Reads frames until the source ends or `until` is reached; goes on where an earlier clip of the same reader ended.
  public init(
    name: String, reading reader: VideoReader, until: Duration? = nil, progress: (Duration) -> Void = { _ in }
  ) throws(DecodeError) {
    var (frames, times, motion): ([GrayPicture], [Duration], [MotionMap?]) = ([], [], [])
    while let frame = try reader.next() {
      frames.append(frame.gray)
      times.append(frame.presentationTime)
      motion.append(MotionMap(frame))
      progress(frame.presentationTime)
      if let until, frame.presentationTime >= until { break }
    }
    self.init(name: name, frames: frames, times: times, motion: motion)
  }

  /// The given frames as a clip of their own.
  public func part(_ range: Range<Int>) -> TrainingClip {
    TrainingClip(
      name: name, frames: Array(frames[range]), times: Array(times[range]), motion: Array(motion[range]))
  }
}
