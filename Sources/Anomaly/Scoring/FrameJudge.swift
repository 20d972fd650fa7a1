/// Judges the frames of one segment by what is usual: one value, and one per cell, of appearance and motion together.
struct FrameJudge {
  /// What a frame comes to.
  struct Judgement {
    /// The frame value: see `Calibration`.
    let value: Float
    /// What the value comes from.
    let evidence: Evidence
    /// How far each cell deviates, on the value's scale.
    let cells: CellDeviations
  }

  private var appearanceSmoothing = TemporalMedian()
  private var motionSmoothing = TemporalMedian()

  /// Takes the next frame of the segment.
  mutating func judge(
    _ maps: FeatureMaps, appearance: AppearanceNormality, motion: MotionNormality?
  ) -> Judgement {
    let looks = appearance.deviations(of: maps.appearance)
    let looksValue = appearanceSmoothing.add(looks.peak)
    guard let motion, let map = maps.motion else {
      return Judgement(value: looksValue, evidence: .appearance, cells: looks)
    }
    let moves = motion.deviations(of: map)
    let movesValue = motionSmoothing.add(moves.peak)
    return Judgement(
      value: max(looksValue, movesValue), evidence: movesValue > looksValue ? .motion : .appearance,
      cells: looks.combined(with: moves))
  }

  /// Forgets the past: the next frame starts a segment.
  mutating func reset() {
    appearanceSmoothing.reset()
    motionSmoothing.reset()
  }
}
