public import Decode

/// Scores a clip by nothing but what a network cannot reconstruct, to compare networks: no places, no calibration.
///
/// A frame has windows' errors from the first cube that holds it, as in a `FeatureStream`, the sum over all its pixels from every
/// cube that does, and the error of the whole cube in whose middle it is.
public final class NetworkScorer {
  /// The side of the windows, in pixels of the `ReferencePicture`: about a person on a street.
  private static let windowSide = 24.0

  private struct WindowErrors {
    let largest: Float
    /// Of the last five frames.
    let median: Float
  }

  /// The mean of what cubes say of one frame.
  private struct Mean {
    private(set) var value: Float?
    private var count: Float = 0

    mutating func add(_ new: Float) {
      count += 1
      value = (value ?? 0) + (new - (value ?? 0)) / count
    }
  }

  private let reconstructor: CubeErrorMeter
  private let framesPerSecond: Double
  private var cubes: CubeWindow
  private var scratch: [Float]
  private var sources = SourceFrames()
  private var median = TemporalMedian()
  private var aspectRatio = 1.0
  /// Of the analysed frames; nil where a frame has none of its own.
  private var windowErrors: [WindowErrors?] = []
  /// Of the analysed frames: their pixels' mean error.
  private var frameErrors: [Mean] = []
  /// At the first frame of each cube's middle, that cube's error.
  private var cubeErrors: [Float?] = []
  /// Of the newest frame that was scored when each frame had come.
  private var known: [Float?] = []
  private var lastWindow: Float?

  /// A scorer of one clip at this frame rate, by cubes that end every `hop` frames, 1…T.
  public init(reconstructor: any CubeReconstructor, framesPerSecond: Double, hop: Int = 8) {
    let shape = reconstructor.cubeShape
    self.reconstructor = CubeErrorMeter(reconstructor)
    self.framesPerSecond = framesPerSecond
    cubes = CubeWindow(shape: shape, hop: hop)
    scratch = [Float](repeating: 0, count: shape.elementCount)
  }

  /// Takes the next frame.
  ///
  /// - Throws: `AnomalyError.pictureSize`, and what the reconstructor throws.
  public func add(_ frame: Frame) throws {
    try cubes.check(frame.gray, frameIndex: frame.index)
    aspectRatio = frame.aspectRatio
    let values = cubes.shape.content.values(of: frame, framesPerSecond: framesPerSecond)
    try add(values, sourceIndex: frame.sourceIndex, presentationTime: frame.presentationTime)
  }

  /// As `add(_ frame:)`, from what the network sees; a frame of which that is not known takes its neighbour's score.
  func add(_ values: [UInt8]?, sourceIndex: Int, presentationTime: Duration) throws {
    sources.append(sourceIndex)
    windowErrors.append(nil)
    frameErrors.append(Mean())
    cubeErrors.append(nil)
    defer { known.append(lastWindow) }
    guard let values else { return }
    if !cubes.isContinued(at: presentationTime) {
      try scorePending()
      cubes.restart()
      median.reset()
    }
    cubes.append(values, stamp: FrameStamp(index: windowErrors.count - 1, presentationTime: presentationTime))
    if cubes.endsCube { try scorePending() }
  }

  /// The scores of all frames; `frameCount` is how many the source has.
  public func finish(frameCount: Int) throws -> NetworkScores {
    try scorePending()
    func spread(_ value: (WindowErrors) -> Float) -> [Float] {
      sources.spread(windowErrors.map { $0.map(value) }, over: frameCount)
    }
    let pixelCount = Float(cubes.shape.pixelsPerFrame)
    return NetworkScores(
      window: spread(\.largest), windowMedian: spread(\.median),
      sum: sources.spread(frameErrors.map { $0.value.map { $0 * pixelCount } }, over: frameCount),
      cube: sources.spread(cubeErrors, over: frameCount),
      causal: sources.spread(known, over: frameCount, first: 0))
  }

  private func scorePending() throws {
    guard cubes.holdsCube, !cubes.pending.isEmpty else { return }
    let shape = cubes.shape
    let window = ReferencePicture(aspectRatio: aspectRatio).window(
      side: Self.windowSide, columns: shape.width, rows: shape.height)
    let frames = cubes.newestCube
    // As many frames as are new in a cube are its middle: all of the first one.
    let middle = frames.dropFirst((shape.frames - cubes.pending.count) / 2)
    let scored = try cubes.reconstructPending(with: reconstructor, scratch: &scratch) { stamp, frame, copy in
      let squares = WindowSums(columns: shape.width, rows: shape.height) {
        let error = pixelError($0, of: frame, copy: copy, channels: shape.content.channels)
        return error * error
      }
      return (index: stamp.index, window: squares.largestMean(window: window))
    }
    for (frame, error) in zip(frames, reconstructor.frameErrors) { frameErrors[frame.index].add(error) }
    if let frame = middle.first { cubeErrors[frame.index] = reconstructor.error }
    lastWindow = scored.last?.window
    for frame in scored {
      windowErrors[frame.index] = WindowErrors(largest: frame.window, median: median.add(frame.window))
    }
  }
}

extension CubeContent {
  /// What a network for such cubes sees of a frame, `[H, W, C]` in bytes; nil where that is not known.
  func values(of frame: Frame, framesPerSecond: Double) -> [UInt8]? {
    switch self {
    case .gray: frame.gray.pixels
    case .motion: EncodedMotion(frame, framesPerSecond: framesPerSecond)?.bytes
    }
  }
}
