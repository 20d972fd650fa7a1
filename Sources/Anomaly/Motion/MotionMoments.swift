/// How often something moves around each cell and the sum of the fourth powers of its speed: what the usual speed
/// needs, in one pass, and what can be added and taken off again.
struct MotionMoments: Sendable {
  /// Below, in reference pixels per second, nothing moves: noise and leaves.
  static let leastSpeed: Float = 4

  /// Frames taken.
  private(set) var frameCount = 0.0
  /// Per size of windows and cell: frames in which something moved.
  private(set) var activity: [[Double]]
  /// Per size of windows and cell: the sum of v⁴ over those frames.
  private(set) var fourthPowers: [[Double]]

  init(cellCount: Int) {
    activity = MotionMap.windowSides.map { _ in [Double](repeating: 0, count: cellCount) }
    fourthPowers = activity
  }

  mutating func add(_ map: MotionMap) {
    frameCount += 1
    for (window, speeds) in map.speeds.enumerated() {
      for (cell, speed) in speeds.enumerated() where speed > Self.leastSpeed {
        let square = Double(speed) * Double(speed)
        activity[window][cell] += 1
        fourthPowers[window][cell] += square * square
      }
    }
  }

  static func += (left: inout MotionMoments, right: MotionMoments) { left.combine(right, +) }

  static func - (left: MotionMoments, right: MotionMoments) -> MotionMoments {
    var difference = left
    difference.combine(right, -)
    return difference
  }

  private mutating func combine(_ other: MotionMoments, _ operation: (Double, Double) -> Double) {
    frameCount = operation(frameCount, other.frameCount)
    for window in activity.indices {
      for cell in activity[window].indices {
        activity[window][cell] = operation(activity[window][cell], other.activity[window][cell])
        // What rounding leaves of a difference of equal sums is nothing.
        fourthPowers[window][cell] = max(
          0, operation(fourthPowers[window][cell], other.fourthPowers[window][cell]))
      }
    }
  }
}
