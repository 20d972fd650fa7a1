/// When an event starts and when it is over.
public struct EventParameters: Sendable, Hashable, Codable {
  /// Irregularity at which an event starts.
  public var enter: Float
  /// Irregularity below which an event may end; less than `enter`, so that it does not flap.
  public var leave: Float
  /// How long the irregularity must last (never below `leave`, from its first `enter` on) to be an event.
  public var minimumDuration: Duration
  /// How long it must stay below `leave` for the event to be over; what comes sooner belongs to the same event.
  public var hold: Duration

  /// Parameters that suit a scene with people, at any frame rate.
  public init(
    enter: Float = 1, leave: Float = 0.6, minimumDuration: Duration = .milliseconds(250),
    hold: Duration = .seconds(2)
  ) {
    precondition(leave <= enter, "an event must not end above where it starts")
    self.enter = enter
    self.leave = leave
    self.minimumDuration = minimumDuration
    self.hold = hold
  }
}
