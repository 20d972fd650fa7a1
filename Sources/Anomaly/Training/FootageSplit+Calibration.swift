extension FootageSplit {
  /// Of what was learned from, so many frames at most show how far errors go: ten minutes at ten a second.
  private static let mostTrainingFrames = 6_000

  /// What is usual in the footage: of reconstruction errors by what is held back, of how far they go and of motion by all of it.
  ///
  /// - Returns: nil where it was cancelled.
  /// - Throws: `AnomalyError.tooLittleFootage`, and what the reconstructor throws.
  public func calibration(
    of reconstructor: any CubeReconstructor, falseAlertsPerDay: Double = 1, isCancelled: () -> Bool
  ) throws -> Calibration? {
    var builder = CalibrationBuilder(
      grid: reconstructor.cubeShape.grid, falseAlertsPerDay: falseAlertsPerDay)
    for clip in heldBack {
      guard let features = try features(of: clip, reconstructor, isCancelled) else { return nil }
      features.forEach { builder.add($0) }
      builder.endClip()
    }
    for clip in training {
      for (motion, isDamaged) in zip(clip.motion, clip.isDamaged) where !isDamaged {
        motion.map { builder.learn($0) }
      }
    }
    for clip in trainingSample {
      guard let features = try features(of: clip, reconstructor, isCancelled) else { return nil }
      for case .maps(let maps) in features.map(\.content) { builder.learn(maps.appearance) }
    }
    return try builder.calibration()
  }

  /// The beginning of each clip that was learned from, `mostTrainingFrames` altogether where there are more.
  private var trainingSample: [TrainingClip] {
    let total = training.reduce(0) { $0 + $1.frames.count }
    guard total > Self.mostTrainingFrames else { return training }
    return training.map { $0.part(0..<$0.frames.count * Self.mostTrainingFrames / total) }
  }

  /// nil where it was cancelled.
  private func features(
    of clip: TrainingClip, _ reconstructor: any CubeReconstructor, _ isCancelled: () -> Bool
  ) throws -> [FrameFeatures]? {
    let stream = FeatureStream(reconstructor: reconstructor)
    var features: [FrameFeatures] = []
    for index in clip.frames.indices {
      if isCancelled() { return nil }
      features += try stream.add(
        clip.frames[index], motion: clip.motion[index],
        stamp: FrameStamp(index: index, presentationTime: clip.times[index]),
        isDamaged: clip.isDamaged[index])
    }
    return features + (try stream.finish())
  }
}
