/// What was lost or put right while reading.
public struct MediaLosses: Sendable, Hashable {
  /// Packets that gave no picture because the decoder refused them.
  public var undecodablePackets = 0
  /// Frames that the decoder had to patch up.
  public var damagedFrames = 0
  /// Times the picture size changed in mid-stream.
  public var sizeChanges = 0
  /// Frames without a timestamp, placed one frame after the one before.
  public var missingTimestamps = 0
  /// Frames whose time did not advance, placed just behind the one before.
  public var backwardTimestamps = 0
  /// Jumps of the source's clock that were taken out.
  public var timestampJumps = 0
  /// Set when the media ended before the end that its header announces, or could not be read on: what is missing.
  public var truncation: String?

  /// Nothing lost.
  public init() {}

  /// Whether the media ended too early.
  public var isTruncated: Bool { truncation != nil }

  /// One line for people; nil when there is nothing to say.
  public var summary: String? {
    let counted = [
      (undecodablePackets, "packet could not be decoded", "packets could not be decoded"),
      (damagedFrames, "damaged frame", "damaged frames"),
      (sizeChanges, "change of the picture size", "changes of the picture size"),
      (missingTimestamps, "missing timestamp", "missing timestamps"),
      (backwardTimestamps, "timestamp that did not advance", "timestamps that did not advance"),
      (timestampJumps, "jump of the source's clock", "jumps of the source's clock"),
    ].compactMap { count, one, many in count == 0 ? nil : "\(count) \(count == 1 ? one : many)" }
    let parts = [truncation].compactMap(\.self) + counted
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
