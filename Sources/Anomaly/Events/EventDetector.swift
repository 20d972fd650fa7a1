/// Finds events in the scores of one stream as they come, using only the past.
///
/// It is the live form of persistence: an event must rise to `enter`, and only a lasting fall below `leave` parts it
/// from the next, so that it persists by at least `enter − leave`. The rule that each clip's most irregular moment is
/// an event has no place here.
public struct EventDetector: Sendable {
  private var irregular: EventTracker
  private var sceneChange: EventTracker

  /// A detector with nothing seen.
  public init(parameters: EventParameters = EventParameters()) {
    irregular = EventTracker(kind: .irregular, parameters: parameters)
    sceneChange = EventTracker(kind: .sceneChange, parameters: parameters)
  }

  /// Takes the next frame and gives what is new. A scene change ends an open irregular event.
  public mutating func add(_ frame: ScoredFrame) -> [EventUpdate] {
    let interrupted = frame.isSceneChange ? irregular.finish() : []
    return interrupted
      + irregular.add(frame, irregularity: frame.isSceneChange ? nil : frame.irregularity)
      + sceneChange.add(frame, irregularity: frame.isSceneChange ? frame.irregularity : nil)
  }

  /// Closes what is open: the stream ended.
  public mutating func finish() -> [EventUpdate] { irregular.finish() + sceneChange.finish() }
}
