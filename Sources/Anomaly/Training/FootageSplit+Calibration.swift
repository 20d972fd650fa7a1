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
      for (motion, isDamaged) in zip(clip.motion, clip.isDamaged) where !isDamaged {
        motion.map { builder.learn($0) }
      }
    }
    for clip in heldBack {
      let stream = FeatureStream(reconstructor: reconstructor)
      for index in clip.frames.indices {
        if isCancelled() { return nil }
        let features = try stream.add(
          clip.frames[index], motion: clip.motion[index],
          stamp: FrameStamp(index: index, presentationTime: clip.times[index]),
          isDamaged: clip.isDamaged[index])
        features.forEach { builder.add($0) }
      }
      try stream.finish().forEach { builder.add($0) }
      builder.endClip()
    }
    return try builder.calibration()
  }
}
