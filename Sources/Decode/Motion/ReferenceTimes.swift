import CFFmpeg

/// Tells how far a frame's references are from it in time: FFmpeg exports of a vector only whether it points to the past
/// or to the future.
///
/// It keeps the presentation times of packets in decoding order. What a frame can refer to was decoded before it; of
/// that it is taken to refer to the nearest picture on either side, which is what encoders put first in their lists. With
/// several references to one side, a vector to a farther one therefore counts as too fast.
struct ReferenceTimes {
  private struct Picture {
    let ticks: Int64
    let isReference: Bool
  }

  /// More pictures than any codec keeps for reference.
  private static let kept = 64
  private var pictures: [Picture] = []
  private var latest = Int64.min

  /// Notes a picture before it is decoded.
  ///
  /// - Parameter isReference: whether others may refer to it; nil where the stream does not say so itself: then all but
  ///   those that are shown before one decoded earlier, the B-pictures of MPEG-1, 2 and 4.
  mutating func note(_ ticks: Int64, isReference: Bool?) {
    if pictures.count == Self.kept { pictures.removeFirst(Self.kept / 2) }
    pictures.append(Picture(ticks: ticks, isReference: isReference ?? (ticks > latest)))
    latest = max(latest, ticks)
  }

  /// The ticks from the nearest reference before, and to the nearest one behind, the picture shown at `ticks`.
  func distances(at ticks: Int64) -> (past: Int64?, future: Int64?) {
    guard let index = pictures.lastIndex(where: { $0.ticks == ticks }) else { return (nil, nil) }
    let references = pictures[..<index].filter(\.isReference).map(\.ticks)
    let past = references.filter { $0 < ticks }.max()
    let future = references.filter { $0 > ticks }.min()
    return (past.map { ticks - $0 }, future.map { $0 - ticks })
  }

  /// Forgets everything, as after a jump of the source's clock.
  mutating func reset() { self = ReferenceTimes() }
}
