public import Decode

/// A stretch of footage as gray frames in memory: H × W bytes a frame.
public struct GrayClip: Sendable {
  /// What it is called in messages.
  public let name: String
  /// The frames, all of one size.
  public let frames: [GrayPicture]
  /// When each is shown.
  public let times: [Duration]

  /// A clip of these frames.
  public init(name: String, frames: [GrayPicture], times: [Duration]) {
    self.name = name
    self.frames = frames
    self.times = times
  }

  /// Reads frames until the source ends or `until` is reached; goes on where an earlier clip of the same reader ended.
  public init(
    name: String, reading reader: VideoReader, until: Duration? = nil, progress: (Duration) -> Void = { _ in }
  ) throws(DecodeError) {
    var (frames, times): ([GrayPicture], [Duration]) = ([], [])
    while let frame = try reader.next() {
      frames.append(frame.gray)
      times.append(frame.presentationTime)
      progress(frame.presentationTime)
      if let until, frame.presentationTime >= until { break }
    }
    self.init(name: name, frames: frames, times: times)
  }

  /// The given frames as a clip of their own.
  public func part(_ range: Range<Int>) -> GrayClip {
    GrayClip(name: name, frames: Array(frames[range]), times: Array(times[range]))
  }
}
