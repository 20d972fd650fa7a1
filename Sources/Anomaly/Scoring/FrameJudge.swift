/// Judges the frames of one segment by what is usual: one value, and one per cell, of appearance and motion together.
struct FrameJudge {
  /// What a frame comes to.
  struct Judgement: Sendable, Equatable {
    /// What the appearance comes to.
    let appearance: Float
    /// What the motion comes to; nil where there is none to judge.
    let motion: Float?
    /// How far each cell deviates, on the value's scale.
    let cells: CellDeviations
    /// The frame's whole reconstruction error, which counts for nothing but comparisons.
    let totalError: Float

    /// The frame value: see `Calibration`.
    var value: Float { max(appearance, motion ?? appearance) }
    /// What the value comes from.
    var evidence: Evidence { (motion ?? appearance) > appearance ? .motion : .appearance }
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
      return Judgement(
        appearance: looksValue, motion: nil, cells: looks, totalError: maps.appearance.total)
    }
    let moves = motion.deviations(of: map)
    return Judgement(
      appearance: looksValue, motion: motionSmoothing.add(moves.peak), cells: looks.combined(with: moves),
      totalError: maps.appearance.total)
  }

  /// Forgets the past: the next frame starts a segment.
  mutating func reset() {
    appearanceSmoothing.reset()
    motionSmoothing.reset()
  }
}
