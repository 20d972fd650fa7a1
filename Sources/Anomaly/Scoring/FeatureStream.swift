public import Decode

/// Turns frames into their features: reconstruction errors, by cubes that end with the newest frame, and motion.
///
/// Calibration and scoring both stand on it, so that both see the same features. A frame's features use only the frames up
/// to the end of the hop it lies in. A pause, a leap backwards in time and a scene change restart the window, after
/// the frames before them have been scored by the cube that ends with the last of those; so no cube ever spans one.
public final class FeatureStream {
  /// Frames that could not be scored, since a pause, a scene change or the end came before a first cube was full.
  public private(set) var unscoredFrameCount = 0

  private let reconstructor: any CubeReconstructor
  private var window: CubeWindow
  private var sceneChanges: SceneChangeDetector
  private var reconstruction: [Float]
  private var startsSegment = true
  private var lastIntactPicture: GrayPicture?
  /// One for each pending frame of the window.
  private var pendingMotion: [MotionMap?] = []
  private var damagedRun = 0

  /// A stream of cubes that end every `hop` frames, 1…T.
  public init(reconstructor: any CubeReconstructor, hop: Int = 8) {
    let shape = reconstructor.cubeShape
    self.reconstructor = reconstructor
    self.window = CubeWindow(shape: shape, hop: hop)
    self.sceneChanges = SceneChangeDetector(grid: shape.grid)
    self.reconstruction = [Float](repeating: 0, count: shape.elementCount)
  }

  /// The grid of the maps.
  public var grid: CellGrid { window.shape.grid }

  /// Takes the next frame and gives the features that are known from then on, in order.
  ///
  /// A damaged frame counts as a repetition of the last intact one, for up to a hop in a row: concealed blocks are
  /// the decoder's doing, not the scene's. A longer run is taken as it comes, for a camera that is always damaged must
  /// not be blind.
  public func add(_ frame: Frame) throws -> [FrameFeatures] {
    let stamp = FrameStamp(index: frame.index, presentationTime: frame.presentationTime)
    return try add(frame.gray, motion: MotionMap(frame), stamp: stamp, isDamaged: frame.isDamaged)
  }

  /// As `add(_ frame:)`, from a picture at the analysis size.
  public func add(
    _ picture: GrayPicture, motion: MotionMap? = nil, stamp: FrameStamp, isDamaged: Bool = false
  ) throws -> [FrameFeatures] {
    let picture = conceal(picture, isDamaged: isDamaged)
    var features: [FrameFeatures] = []
    if !window.isContinued(at: stamp.presentationTime) { features += try endSegment() }
    try window.check(picture, frameIndex: stamp.index)
    if let change = sceneChanges.add(picture) {
      features += try endSegment()
      features.append(FrameFeatures(stamp: stamp, content: .sceneChange(change), startsSegment: true))
      return features
    }
    window.append(picture.pixels, stamp: stamp)
    pendingMotion.append(isDamaged ? nil : motion)
    if window.endsCube { features += try scorePending() }
    return features
  }

  /// Gives the features of the frames of an incomplete last hop, by the cube that ends with the last frame.
  public func finish() throws -> [FrameFeatures] { try endSegment() }

  private func conceal(_ picture: GrayPicture, isDamaged: Bool) -> GrayPicture {
    damagedRun = isDamaged ? damagedRun + 1 : 0
    if isDamaged, damagedRun <= window.hop, let lastIntactPicture { return lastIntactPicture }
    lastIntactPicture = picture
    return picture
  }

  private func endSegment() throws -> [FrameFeatures] {
    let features = try window.holdsCube && !window.pending.isEmpty ? scorePending() : []
    unscoredFrameCount += window.pending.count
    window.restart()
    pendingMotion.removeAll()
    startsSegment = true
    return features
  }

  /// Reconstructs the cube that ends with the newest frame and maps the features of its pending frames.
  private func scorePending() throws -> [FrameFeatures] {
    let grid = window.shape.grid
    let appearance = try window.reconstructPending(with: reconstructor, scratch: &reconstruction) {
      ($0, ErrorMap(grid: grid, frame: $1, reconstruction: $2))
    }
    let features = zip(appearance, motionOfPending).map { appearance, motion in
      defer { startsSegment = false }
      return FrameFeatures(
        stamp: appearance.0, content: .maps(FeatureMaps(appearance: appearance.1, motion: motion)),
        startsSegment: startsSegment)
    }
    pendingMotion.removeAll(keepingCapacity: true)
    return features
  }

  /// The motion of the pending frames. One without (the first of a stream has none before it) takes that of the next
  /// with, which is pending too, or else of the one before.
  private var motionOfPending: [MotionMap?] { filledFromNeighbours(pendingMotion) }
}
