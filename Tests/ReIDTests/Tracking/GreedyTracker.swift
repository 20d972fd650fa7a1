import Decode
import ReID

/// The plain baseline: each high-score box goes to the track whose last box it overlaps most, the best pair first. No
/// motion model, no second pass; birth, confirmation and patience as in `Tracker`.
struct GreedyTracker {
  private struct Course {
    let ordinal: Int
    var box: Box
    var lastSeen: Duration
    var detections = 1
  }

  private var courses: [Course] = []
  private var lastOrdinal = 0

  /// The confirmed tracks in sight, after taking a frame's detections.
  mutating func update(_ detections: [Detection], at time: Duration) -> [TrackingMetrics.Sighting] {
    let parameters = TrackerParameters()
    let boxes = detections.filter { $0.score >= parameters.highScore }.map(\.box)
    var pairs: [(overlap: Double, course: Int, box: Int)] = []
    for course in courses.indices {
      for box in boxes.indices {
        pairs.append((courses[course].box.intersectionOverUnion(boxes[box]), course, box))
      }
    }
    var taken = (courses: Set<Int>(), boxes: Set<Int>())
    for pair in pairs.sorted(by: { $0.overlap > $1.overlap }) where pair.overlap >= parameters.leastOverlap {
      guard !taken.courses.contains(pair.course), !taken.boxes.contains(pair.box) else { continue }
      taken.courses.insert(pair.course)
      taken.boxes.insert(pair.box)
      courses[pair.course].box = boxes[pair.box]
      courses[pair.course].lastSeen = time
      courses[pair.course].detections += 1
    }
    for box in boxes.indices where !taken.boxes.contains(box) {
      lastOrdinal += 1
      courses.append(Course(ordinal: lastOrdinal, box: boxes[box], lastSeen: time))
    }
    courses.removeAll {
      let patience =
        $0.detections < parameters.confirmingDetections ? parameters.tentativePatience : parameters.patience
      return time - $0.lastSeen > patience
    }
    return courses.filter { $0.lastSeen == time && $0.detections >= parameters.confirmingDetections }
      .map { TrackingMetrics.Sighting(identity: $0.ordinal, box: $0.box) }
  }
}
