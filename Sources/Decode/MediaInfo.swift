public import Foundation

/// What the container says about the media; the frames may tell otherwise, and then the frames are right.
public struct MediaInfo: Sendable, Hashable {
  /// FFmpeg's name of the container, for example `mov,mp4,m4a,3gp,3g2,mj2`.
  public let container: String
  /// FFmpeg's name of the codec, for example `h264`.
  public let codec: String
  /// The chosen video stream, counted from 0 among the video streams.
  public let videoStream: Int
  /// How many video streams there are.
  public let videoStreamCount: Int
  /// The full size of the first picture, upright.
  public let size: PictureSize
  /// The mean rate, or the configured one for media without timestamps; nil where unknown.
  public let framesPerSecond: Double?
  /// How long the media lasts; nil for live sources and elementary streams.
  public let duration: Duration?
  /// How many frames there should be at the source's own rate; nil where unknown.
  public let estimatedFrameCount: Int?
  /// When the recording was made, if the container tells.
  public let creationTime: Date?
  /// Whether the source has no end of its own: when it ends all the same, connecting again is the thing to do.
  public let isLive: Bool
  /// Whether frame times come from the container; else they are counted at `fallbackFramesPerSecond`.
  public let hasTimestamps: Bool
}

extension MediaInfo {
  /// What was decided for the user about media that leave it open; nil where they do not.
  public var remark: String? {
    let choice = videoStreamCount > 1 ? "video stream \(videoStream + 1) of \(videoStreamCount) is read" : nil
    let rate = hasTimestamps ? nil : framesPerSecond.map { "no timestamps; taken as \($0) frames/s" }
    let parts = [choice, rate].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}

extension MediaInfo: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    var parts = ["\(codec) \(size)"]
    if let framesPerSecond { parts.append("\((framesPerSecond * 100).rounded() / 100) frames/s") }
    if let duration { parts.append("\(duration.inTenths) s") }
    if videoStreamCount > 1 { parts.append("video stream \(videoStream + 1) of \(videoStreamCount)") }
    if !hasTimestamps { parts.append("no timestamps") }
    return parts.joined(separator: ", ")
  }
}
