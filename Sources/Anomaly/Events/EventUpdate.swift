/// News of an event.
public enum EventUpdate: Sendable, Hashable {
  /// It is one. Its peak may lie some frames back, by up to `EventParameters.minimumDuration`.
  case opened(Event)
  /// It is more irregular than ever before: the moment to keep a picture of.
  case peaked(Event)
  /// It is over.
  case closed(Event)
}
