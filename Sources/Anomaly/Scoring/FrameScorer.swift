public import Decode

/// Scores the frames of one stream by what is usual in front of its camera, using only the past.
public final class FrameScorer {
  private let stream: FrameErrorStream
  private let calibration: Calibration
  private var smoothing = TemporalMedian()

  /// A scorer of cubes that end every `hop` frames, 1…T.
  ///
  /// - Throws: `AnomalyError.grid` where the calibration is for another grid than the network's.
  public init(reconstructor: any CubeReconstructor, calibration: Calibration, hop: Int = 8)
    throws(AnomalyError)
  {
    self.stream = FrameErrorStream(reconstructor: reconstructor, hop: hop)
    self.calibration = calibration
    guard calibration.grid == stream.grid else {
      throw .grid(found: calibration.grid, expected: stream.grid)
    }
  }

  /// Frames that could not be scored, since a pause, a scene change or the end came before a first cube was full.
  public var unscoredFrameCount: Int { stream.unscoredFrameCount }

  /// Takes the next frame. Gives nothing until a cube ends, then its last `hop` frames; the first cube gives all T.
  public func add(_ frame: Frame) throws -> [ScoredFrame] { try stream.add(frame).map(score) }

  /// As `add(_ frame:)`, from a picture at the analysis size.
  public func add(_ picture: GrayPicture, stamp: FrameStamp, isDamaged: Bool = false) throws -> [ScoredFrame]
  {
    try stream.add(picture, stamp: stamp, isDamaged: isDamaged).map(score)
  }

  /// Gives the frames of an incomplete last hop, from the cube that ends with the last frame.
  public func finish() throws -> [ScoredFrame] { try stream.finish().map(score) }

  private func score(_ error: FrameError) -> ScoredFrame {
    if error.startsSegment { smoothing.reset() }
    switch error.content {
    case .sceneChange(let change):
      return ScoredFrame(
        frameIndex: error.stamp.index, presentationTime: error.stamp.presentationTime,
        irregularity: change.extent, heatMap: change.heatMap, box: .wholePicture, isSceneChange: true,
        startsSegment: error.startsSegment)
    case .map(let map):
      let deviations = calibration.deviations(of: map)
      let heat = deviations.values.map { min(1, max(0, calibration.irregularity(ofFrameValue: $0))) }
      return ScoredFrame(
        frameIndex: error.stamp.index, presentationTime: error.stamp.presentationTime,
        irregularity: calibration.irregularity(ofFrameValue: smoothing.add(deviations.peak)),
        heatMap: HeatMap(grid: map.grid, values: heat), box: deviations.peakRegion, isSceneChange: false,
        startsSegment: error.startsSegment)
    }
  }
}
