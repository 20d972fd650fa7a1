/// How well frame scores tell irregular frames from regular ones, over the clips of a benchmark.
public struct FrameEvaluation: Sendable, Hashable {
  /// A test clip's scores, higher meaning more irregular, and its labels, frame by frame.
  public struct Clip: Sendable, Hashable {
    /// One score a frame.
    public let scores: [Float]
    /// Whether each frame is irregular.
    public let labels: [Bool]

    /// A clip of as many scores as labels.
    public init(scores: [Float], labels: [Bool]) {
      precondition(scores.count == labels.count, "\(scores.count) scores for \(labels.count) labels")
      self.scores = scores
      self.labels = labels
    }
  }

  /// All frames together, each clip's scores stretched to 0…1 by its own least and largest, as the code of Hasan et al. does.
  ///
  /// It uses the clip's future, which no live camera has. Nil unless both classes occur.
  public let pooled: ReceiverOperatingCharacteristic?
  /// All frames together by their scores as they are: no clip is stretched. Nil unless both classes occur.
  public let raw: ReceiverOperatingCharacteristic?
  /// The mean of the clips' own areas under the curve, over clips with both classes. Nil if there is none.
  public let meanClipAreaUnderCurve: Double?
  /// Clips of one class only, which have no curve of their own.
  public let oneClassClipCount: Int

  /// Evaluates the clips together.
  public init(_ clips: [Clip]) {
    let labels = clips.flatMap(\.labels)
    pooled = ReceiverOperatingCharacteristic(
      scores: clips.flatMap { stretchedToUnitRange($0.scores) }, labels: labels)
    raw = ReceiverOperatingCharacteristic(scores: clips.flatMap(\.scores), labels: labels)
    let areas = clips.compactMap {
      ReceiverOperatingCharacteristic(scores: $0.scores, labels: $0.labels)?.areaUnderCurve
    }
    meanClipAreaUnderCurve = areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
    oneClassClipCount = clips.count - areas.count
  }
}

/// `(x − min) / (max − min)`, the form of Hasan et al.'s code; all 0 where all values are equal.
public func stretchedToUnitRange(_ values: [Float]) -> [Float] {
  guard let least = values.min(), let largest = values.max(), largest > least else {
    return values.map { _ in 0 }
  }
  return values.map { ($0 - least) / (largest - least) }
}

/// `(e − min e) / max e`, the equation of Hasan et al. 2016 and Zhao et al. 2017, for errors; all 0 where no value is above 0.
public func dividedByLargest(_ values: [Float]) -> [Float] {
  guard let least = values.min(), let largest = values.max(), largest > 0 else {
    return values.map { _ in 0 }
  }
  return values.map { ($0 - least) / largest }
}
