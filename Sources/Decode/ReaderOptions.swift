/// How a `VideoReader` reads.
public struct ReaderOptions: Sendable {
  /// Frames per second of media time to deliver at most; nil delivers every frame.
  public var analysisFramesPerSecond: Double?
  /// The size of the gray pictures; the whole upright picture is scaled to it, whatever its proportions.
  public var analysisSize: PictureSize
  /// Whether frames carry their motion, and where it is taken from.
  public var motion: MotionSource
  /// The rate of elementary streams, which carry no timestamps.
  public var fallbackFramesPerSecond: Double
  /// How long opening, probing, or waiting for the next packet of a network source may take, each.
  public var ioTimeout: Duration
  /// Takes what is cut off, or what the decoder finds damaged, for undecodable, where it would make up the rest.
  public var refusesDamage: Bool
  /// What deadlines are measured on.
  public var clock: MonotonicClock
  /// Ends reading from another thread.
  public var cancellation: Cancellation

  /// Every frame, at 128×128, unless told otherwise.
  public init(
    analysisFramesPerSecond: Double? = nil,
    analysisSize: PictureSize = PictureSize(width: 128, height: 128),
    motion: MotionSource = .off,
    fallbackFramesPerSecond: Double = 10,
    ioTimeout: Duration = .seconds(10),
    refusesDamage: Bool = false,
    clock: MonotonicClock = .system,
    cancellation: Cancellation = Cancellation()
  ) {
    self.analysisFramesPerSecond = analysisFramesPerSecond
    self.analysisSize = analysisSize
    self.motion = motion
    self.fallbackFramesPerSecond = fallbackFramesPerSecond
    self.ioTimeout = ioTimeout
    self.refusesDamage = refusesDamage
    self.clock = clock
    self.cancellation = cancellation
  }

  /// How long a network source may send packets that give no frame, unless `ioTimeout` is longer.
  public static let longestWaitForFrame = Duration.seconds(25)

  /// The largest width and height of gray pictures.
  public static let largestAnalysisSide = 4096

  /// Stops the program on values that make no sense; whoever takes them from users checks them first.
  func validate() {
    let sides = 1...Self.largestAnalysisSide
    precondition(sides.contains(analysisSize.width) && sides.contains(analysisSize.height), "analysisSize")
    precondition((analysisFramesPerSecond ?? 1) > 0, "analysisFramesPerSecond")
    precondition(fallbackFramesPerSecond >= 0.001, "fallbackFramesPerSecond")
  }
}
