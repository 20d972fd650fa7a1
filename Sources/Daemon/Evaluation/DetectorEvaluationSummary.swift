public import ReID

/// What `evaluate detector` says; rates are fractions.
public struct DetectorEvaluationSummary: Sendable, Codable {
  /// The people of some heights.
  public struct Band: Sendable, Codable {
    /// Pixels, included.
    public let from: Double
    /// Pixels, excluded; nil without limit.
    public let to: Double?
    /// Labelled people.
    public let people: Int
    /// Average precision at an overlap of 0.5; nil without people.
    public let ap50: Double?
    /// Recall where nine of ten detections are right; nil without people.
    public let recallAtPrecision90: Double?

    enum CodingKeys: String, CodingKey {
      case from, to, people, ap50
      case recallAtPrecision90 = "recall_at_precision_90"
    }
  }

  private static let edges: [Double] = [0, 20, 40, 80, 160]

  /// Pictures.
  public let images: Int
  /// Labelled people.
  public let people: Int
  /// Average precision at an overlap of 0.5.
  public let ap50: Double
  /// Recall where nine of ten detections are right.
  public let recallAtPrecision90: Double
  /// The score from which on nine of ten detections are right; nil where there is none.
  public let scoreAtPrecision90: Float?
  /// The same by the height of people, in pixels of the pictures.
  public let byHeight: [Band]

  enum CodingKeys: String, CodingKey {
    case images, people, ap50
    case recallAtPrecision90 = "recall_at_precision_90"
    case scoreAtPrecision90 = "score_at_precision_90"
    case byHeight = "by_height"
  }

  /// The summary of an evaluation.
  public init(_ pictures: [DetectionEvaluation.Picture]) {
    let all = DetectionEvaluation(pictures)
    images = pictures.count
    people = all.people
    ap50 = all.averagePrecision ?? 0
    recallAtPrecision90 = all.recall(atPrecision: 0.9)
    scoreAtPrecision90 = all.best(precision: 0.9)?.score
    byHeight = Self.edges.indices.map { index in
      let to = index + 1 < Self.edges.count ? Self.edges[index + 1] : .infinity
      let band = DetectionEvaluation(pictures, heights: Self.edges[index]..<to)
      return Band(
        from: Self.edges[index], to: to.isFinite ? to : nil, people: band.people, ap50: band.averagePrecision,
        recallAtPrecision90: band.people > 0 ? band.recall(atPrecision: 0.9) : nil)
    }
  }
}
