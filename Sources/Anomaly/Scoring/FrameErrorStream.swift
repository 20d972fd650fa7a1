public import Decode

/// Turns frames into their reconstruction errors, by cubes that end with the newest frame.
///
/// Calibration and scoring both stand on it, so that both see the same errors. A frame's error uses only the frames up
/// to the end of the hop it lies in. A pause, a leap backwards in time and a scene change restart the window, after
/// the frames before them have been scored by the cube that ends with the last of those; so no cube ever spans one.
public final class FrameErrorStream {
  /// Frames that could not be scored, since a pause, a scene change or the end came before a first cube was full.
  public private(set) var unscoredFrameCount = 0

  private let reconstructor: any CubeReconstructor
  private var window: CubeWindow
  private var sceneChanges: SceneChangeDetector
  private var reconstruction: [Float]
  private var startsSegment = true
  private var lastIntactPicture: GrayPicture?
  private var damagedRun = 0

  /// A stream of cubes that end every `hop` frames, 1…T.
  public init(reconstructor: any CubeReconstructor, hop: Int = 8) {
    let shape = reconstructor.cubeShape
    self.reconstructor = reconstructor
    self.window = CubeWindow(shape: shape, hop: hop)
    self.sceneChanges = SceneChangeDetector(grid: shape.grid)
    self.reconstruction = [Float](repeating: 0, count: shape.elementCount)
  }

  /// The grid of the error maps.
  public var grid: CellGrid { window.shape.grid }

  /// Takes the next frame and gives the errors that are known from then on, in order.
  ///
  /// A damaged frame counts as a repetition of the last intact one, for up to a hop in a row: concealed blocks are
  /// the decoder's doing, not the scene's. A longer run is taken as it comes, for a camera that is always damaged must
  /// not be blind.
  public func add(_ frame: Frame) throws -> [FrameError] {
    let stamp = FrameStamp(index: frame.index, presentationTime: frame.presentationTime)
    return try add(frame.gray, stamp: stamp, isDamaged: frame.isDamaged)
  }

  /// As `add(_ frame:)`, from a picture at the analysis size.
  public func add(_ picture: GrayPicture, stamp: FrameStamp, isDamaged: Bool = false) throws -> [FrameError] {
    let picture = conceal(picture, isDamaged: isDamaged)
    var errors: [FrameError] = []
    if !window.isContinued(at: stamp.presentationTime) { errors += try endSegment() }
    try window.check(picture, frameIndex: stamp.index)
    if let change = sceneChanges.add(picture) {
      errors += try endSegment()
      errors.append(FrameError(stamp: stamp, content: .sceneChange(change), startsSegment: true))
      return errors
    }
    window.append(picture, stamp: stamp)
    if window.endsCube { errors += try scorePending() }
    return errors
  }

  /// Gives the errors of the frames of an incomplete last hop, by the cube that ends with the last frame.
  public func finish() throws -> [FrameError] { try endSegment() }

  private func conceal(_ picture: GrayPicture, isDamaged: Bool) -> GrayPicture {
    damagedRun = isDamaged ? damagedRun + 1 : 0
    if isDamaged, damagedRun <= window.hop, let lastIntactPicture { return lastIntactPicture }
    lastIntactPicture = picture
    return picture
  }

  private func endSegment() throws -> [FrameError] {
    let errors = try window.holdsCube && !window.pending.isEmpty ? scorePending() : []
    unscoredFrameCount += window.pending.count
    window.restart()
    startsSegment = true
    return errors
  }

  /// Reconstructs the cube that ends with the newest frame and maps the errors of its pending frames.
  private func scorePending() throws -> [FrameError] {
    let shape = window.shape
    let pending = window.pending
    let errors = try window.withCube { cube in
      try reconstruction.withUnsafeMutableBufferPointer { reconstruction in
        try reconstructor.reconstruct(cube, into: reconstruction)
        return zip(pending, (shape.frames - pending.count)...).map { stamp, position in
          let range = position * shape.pixelsPerFrame..<(position + 1) * shape.pixelsPerFrame
          let map = ErrorMap(
            grid: shape.grid, frame: UnsafeBufferPointer(rebasing: cube[range]),
            reconstruction: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(reconstruction)[range]))
          defer { startsSegment = false }
          return FrameError(stamp: stamp, content: .map(map), startsSegment: startsSegment)
        }
      }
    }
    window.markScored()
    return errors
  }
}
