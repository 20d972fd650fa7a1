public import Decode

/// Scores a clip by nothing but what a network cannot reconstruct, to compare networks: no places, no calibration.
///
/// A frame has errors of its own from the first cube that holds it, as in a `FeatureStream`, and that of the whole cube in whose
/// middle it is.
public final class NetworkScorer {
  /// The side of the windows, in pixels of the `ReferencePicture`: about a person on a street.
  private static let windowSide = 24.0

  private struct Errors {
    let window: Float
    let windowMedian: Float
    let sum: Float
  }

  private let reconstructor: CubeErrorMeter
  private let framesPerSecond: Double
  private var cubes: CubeWindow
  private var scratch: [Float]
  private var sources = SourceFrames()
  private var median = TemporalMedian()
  private var aspectRatio = 1.0
  /// Of the analysed frames; nil where a frame has none of its own.
  private var errors: [Errors?] = []
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
    errors.append(nil)
    cubeErrors.append(nil)
    defer { known.append(lastWindow) }
    guard let values else { return }
    if !cubes.isContinued(at: presentationTime) {
      try scorePending()
      cubes.restart()
      median.reset()
    }
    cubes.append(values, stamp: FrameStamp(index: errors.count - 1, presentationTime: presentationTime))
    if cubes.endsCube { try scorePending() }
  }

  /// The scores of all frames; `frameCount` is how many the source has.
  public func finish(frameCount: Int) throws -> NetworkScores {
    try scorePending()
    func spread(_ value: (Errors) -> Float) -> [Float] {
      sources.spread(errors.map { $0.map(value) }, over: frameCount)
    }
    return NetworkScores(
      window: spread(\.window), windowMedian: spread(\.windowMedian), sum: spread(\.sum),
      cube: sources.spread(cubeErrors, over: frameCount),
      causal: sources.spread(known, over: frameCount, first: 0))
  }

  private func scorePending() throws {
    guard cubes.holdsCube, !cubes.pending.isEmpty else { return }
    let shape = cubes.shape
    let window = ReferencePicture(aspectRatio: aspectRatio).window(
      side: Self.windowSide, columns: shape.width, rows: shape.height)
    // As many frames as are new in a cube are its middle: all of the first one.
    let middle = cubes.newestCube.dropFirst((shape.frames - cubes.pending.count) / 2)
    let scored = try cubes.reconstructPending(with: reconstructor, scratch: &scratch) { stamp, frame, copy in
      let errors = (0..<shape.pixelsPerFrame).map {
        pixelError($0, of: frame, copy: copy, channels: shape.content.channels)
      }
      let squares = WindowSums(columns: shape.width, rows: shape.height) { errors[$0] * errors[$0] }
      return (
        index: stamp.index, sum: Float(errors.reduce(0) { $0 + Double($1) }),
        window: squares.largestMean(window: window)
      )
    }
    lastWindow = scored.last?.window
    if let frame = middle.first { cubeErrors[frame.index] = reconstructor.error }
    for frame in scored {
      errors[frame.index] = Errors(
        window: frame.window, windowMedian: median.add(frame.window), sum: frame.sum)
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
