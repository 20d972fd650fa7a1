public import Decode

/// Scores the frames of one stream by what is usual in front of its camera, using only the past.
public final class FrameScorer {
  private let stream: FeatureStream
  private let calibration: Calibration
  private var judge = FrameJudge()

  /// A scorer of cubes that end every `hop` frames, 1…T.
  ///
  /// - Throws: `AnomalyError.grid` where the calibration is for another grid than the network's.
  public init(reconstructor: any CubeReconstructor, calibration: Calibration, hop: Int = 8)
    throws(AnomalyError)
  {
    self.stream = FeatureStream(reconstructor: reconstructor, hop: hop)
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
  public func add(
    _ picture: GrayPicture, motion: MotionMap? = nil, stamp: FrameStamp, isDamaged: Bool = false
  ) throws -> [ScoredFrame] {
    try stream.add(picture, motion: motion, stamp: stamp, isDamaged: isDamaged).map(score)
  }

  /// Gives the frames of an incomplete last hop, from the cube that ends with the last frame.
  public func finish() throws -> [ScoredFrame] { try stream.finish().map(score) }

  private func score(_ features: FrameFeatures) -> ScoredFrame {
    if features.startsSegment { judge.reset() }
    switch features.content {
    case .sceneChange(let change):
      return ScoredFrame(
        frameIndex: features.stamp.index, presentationTime: features.stamp.presentationTime,
        irregularity: change.extent, heatMap: change.heatMap, box: .wholePicture, isSceneChange: true,
        startsSegment: features.startsSegment)
    case .maps(let maps):
      let judgement = judge.judge(maps, appearance: calibration.appearance, motion: calibration.motion)
      let heat = judgement.cells.values.map { min(1, max(0, calibration.irregularity(ofFrameValue: $0))) }
      var frame = ScoredFrame(
        frameIndex: features.stamp.index, presentationTime: features.stamp.presentationTime,
        irregularity: calibration.irregularity(ofFrameValue: judgement.value),
        evidence: judgement.evidence, heatMap: HeatMap(grid: calibration.grid, values: heat),
        box: judgement.cells.peakRegion, isSceneChange: false, startsSegment: features.startsSegment)
      frame.judgement = judgement
      return frame
    }
  }
}
