import Decode

/// Follows the events of one kind: hysteresis in value and in time.
struct EventTracker: Sendable {
  /// An event, or what may become one.
  private struct Course: Sendable {
    let start: Duration
    var entered: Duration?
    var last: Duration
    var peak: ScoredFrame
    var isOpen = false
  }

  private let kind: EventKind
  private let parameters: EventParameters
  private var course: Course?

  init(kind: EventKind, parameters: EventParameters) {
    self.kind = kind
    self.parameters = parameters
  }

  /// Takes a frame. Nil in place of an irregularity says that the frame has none of this kind.
  mutating func add(_ frame: ScoredFrame, irregularity: Float?) -> [EventUpdate] {
    var updates: [EventUpdate] = []
    let time = frame.presentationTime
    if let course, time - course.last > parameters.hold { updates += finish() }
    // What is no event yet must last without a gap: nobody saw that it went on meanwhile.
    if frame.startsSegment, course?.isOpen == false { course = nil }
    guard let irregularity, irregularity >= parameters.leave else {
      if course?.isOpen == false { course = nil }
      return updates
    }
    var course = self.course ?? Course(start: time, last: time, peak: frame)
    course.last = time
    let isPeak = irregularity > course.peak.irregularity
    if isPeak { course.peak = frame }
    if irregularity >= parameters.enter, course.entered == nil { course.entered = time }
    if course.isOpen {
      if isPeak { updates.append(.peaked(event(course))) }
    } else if let entered = course.entered, time - entered >= minimumDuration {
      course.isOpen = true
      updates.append(.opened(event(course)))
    }
    self.course = course
    return updates
  }

  /// Ends what is open.
  mutating func finish() -> [EventUpdate] {
    defer { course = nil }
    guard let course, course.isOpen else { return [] }
    return [.closed(event(course))]
  }

  /// A scene can change within one frame.
  private var minimumDuration: Duration { kind == .sceneChange ? .zero : parameters.minimumDuration }

  private func event(_ course: Course) -> Event {
    Event(
      kind: kind, start: course.start, peak: course.peak.presentationTime, end: course.last,
      peakFrameIndex: course.peak.frameIndex, regularity: course.peak.regularity,
      evidence: kind == .irregular ? course.peak.evidence : nil,
      threshold: ScoredFrame.regularity(ofIrregularity: parameters.enter), heatMap: course.peak.heatMap,
      box: course.peak.box ?? .wholePicture)
  }
}
