/// Footage divided into what the network learns from and what it is judged and calibrated on.
///
/// With several clips every fourth is held back. A single clip is cut into blocks, every fourth of which is held back:
/// so both parts see the whole time of day, and no training window reaches into a held-back block.
public struct FootageSplit: Sendable {
  /// What the network learns from; each clip at least one training window long.
  public let training: [GrayClip]
  /// What is held back.
  public let heldBack: [GrayClip]

  private static let every = 4

  /// Divides the clips for training windows of `windowFrames` frames.
  ///
  /// - Throws: `AnomalyError.tooLittleFootage` where no clip is as long as that, or nothing is left to hold back.
  public init(_ clips: [GrayClip], windowFrames: Int) throws(AnomalyError) {
    let whole = clips.filter { $0.frames.count >= windowFrames }
    let parts =
      whole.count >= Self.every ? whole : whole.flatMap { Self.blocks(of: $0, windowFrames: windowFrames) }
    training = parts.enumerated().filter { $0.offset % Self.every != Self.every - 1 }.map(\.element)
    heldBack = parts.enumerated().filter { $0.offset % Self.every == Self.every - 1 }.map(\.element)
    guard !training.isEmpty, !heldBack.isEmpty else {
      throw .tooLittleFootage(
        frames: clips.map(\.frames.count).max() ?? 0, needed: Self.every * windowFrames)
    }
  }

  /// As many blocks of equal length as there are windows, but in fours; the held-back fourth gets its full share.
  private static func blocks(of clip: GrayClip, windowFrames: Int) -> [GrayClip] {
    let fours = clip.frames.count / (every * windowFrames)
    guard fours > 0 else { return [clip] }
    let count = fours * every
    return (0..<count).map {
      clip.part(clip.frames.count * $0 / count..<clip.frames.count * ($0 + 1) / count)
    }
  }
}
