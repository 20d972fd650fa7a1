import Decode

/// Whether anything moved since the people were last looked for.
///
/// By the frames' motion fields where they have one. Else by what changed in the gray picture since the last search, so
/// that slow motion adds up until it is seen.
struct MotionGate: Sendable {
  private var searched: GrayPicture?
  private(set) var hasMoved = true

  /// Takes a frame.
  mutating func look(gray: GrayPicture, motion: MotionField?) {
    guard !hasMoved else { return }
    if let motion, motion.origin != .none {
      hasMoved = Self.moves(motion)
    } else {
      hasMoved = searched.map { Self.differ($0, gray) } ?? true
    }
  }

  /// Begins anew: this frame was searched.
  mutating func reset(gray: GrayPicture) {
    searched = gray
    hasMoved = false
  }

  /// A far walker covers at least two cells, and about this many pixels of the 128×128 picture per second.
  private static func moves(_ motion: MotionField) -> Bool {
    motion.velocities.count { ($0 * $0).sum() > leastSpeed_pixelsPerSecond * leastSpeed_pixelsPerSecond }
      >= leastCells
  }

  /// Whether any block of 4×4 pixels differs in its mean.
  private static func differ(_ one: GrayPicture, _ other: GrayPicture) -> Bool {
    guard one.size == other.size else { return true }
    for top in stride(from: 0, to: one.size.height - side + 1, by: side) {
      for left in stride(from: 0, to: one.size.width - side + 1, by: side) {
        var sum = 0
        for row in top..<(top + side) {
          for index in (row * one.size.width + left)..<(row * one.size.width + left + side) {
            sum += Int(one.pixels[index]) - Int(other.pixels[index])
          }
        }
        if abs(sum) > leastDifference_levels * side * side { return true }
      }
    }
    return false
  }

  private static let leastSpeed_pixelsPerSecond: Float = 1.5
  private static let leastCells = 2
  private static let side = 4
  private static let leastDifference_levels = 6
}
