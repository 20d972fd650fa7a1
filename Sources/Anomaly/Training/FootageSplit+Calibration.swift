extension FootageSplit {
  /// What is usual in the footage: of reconstruction errors by what is held back, of motion by all of it.
  ///
  /// - Returns: nil where it was cancelled.
  /// - Throws: `AnomalyError.tooLittleFootage`, and what the reconstructor throws.
  public func calibration(
    of reconstructor: any CubeReconstructor, falseAlertsPerDay: Double = 1, isCancelled: () -> Bool
  ) throws -> Calibration? {
    var builder = CalibrationBuilder(
      grid: reconstructor.cubeShape.grid, falseAlertsPerDay: falseAlertsPerDay)
    for clip in training {
      guard let features = try features(of: clip, reconstructor, isCancelled) else { return nil }
      features.forEach { builder.learn($0) }
    }
    for clip in heldBack {
      guard let features = try features(of: clip, reconstructor, isCancelled) else { return nil }
      features.forEach { builder.add($0) }
      builder.endClip()
    }
    return try builder.calibration()
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
