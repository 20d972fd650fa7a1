public import Decode

/// How well detections agree with labelled boxes.
///
/// Detections of all pictures are taken by falling score, and each takes the box that it overlaps most of those that are
/// left in its picture, from an intersection over union of 0.5 on; who takes none is false (Everingham et al. 2010,
/// "PASCAL VOC"). Detections that only an uncertain box explains do not count.
public struct DetectionEvaluation: Sendable {
  /// A picture with what is there and what was found.
  public struct Picture: Sendable {
    /// Pixels of the labels; heights are counted in them.
    public let size: PictureSize
    /// The labelled people.
    public let people: [Box]
    /// Boxes that are neither right nor wrong.
    public let uncertain: [Box]
    /// What was found.
    public let found: [Detection]

    /// A picture.
    public init(size: PictureSize, people: [Box], uncertain: [Box] = [], found: [Detection]) {
      self.size = size
      self.people = people
      self.uncertain = uncertain
      self.found = found
    }
  }

  /// The overlap from which on a box is found.
  public static let overlap = 0.5

  /// Labelled people that count.
  public let people: Int
  /// The area under the curve of precision over recall, all points interpolated; nil without people.
  public let averagePrecision: Double?
  /// Recall and precision at every score at which they change, the highest score first.
  public let curve: [Point]

  /// What a threshold gives.
  public struct Point: Sendable, Hashable {
    /// Detections count from this score on.
    public let score: Float
    /// The share of people found.
    public let recall: Double
    /// The share of detections that are people.
    public let precision: Double
  }

  /// An evaluation of these pictures; with `heights`, of the people so many pixels tall. Taller and shorter ones, and
  /// false detections that are taller or shorter, do not count then.
  public init(_ pictures: [Picture], heights: Range<Double>? = nil) {
    var verdicts: [(score: Float, isTrue: Bool)] = []
    var people = 0
    for picture in pictures {
      let counts = { (box: Box) in heights?.contains(box.height * Double(picture.size.height)) ?? true }
      people += picture.people.count(where: counts)
      verdicts += Self.verdicts(picture, counts: counts)
    }
    verdicts.sort { $0.score > $1.score }
    var curve: [Point] = []
    var right = 0
    for (index, verdict) in verdicts.enumerated() {
      if verdict.isTrue { right += 1 }
      // Equal scores cannot be told apart by a threshold.
      if index + 1 < verdicts.count, verdicts[index + 1].score == verdict.score { continue }
      curve.append(
        Point(
          score: verdict.score, recall: people > 0 ? Double(right) / Double(people) : 0,
          precision: Double(right) / Double(index + 1)))
    }
    self.people = people
    self.curve = curve
    averagePrecision = people > 0 ? Self.area(under: curve) : nil
  }

  /// The threshold that finds most people while so many detections are right; nil where there is none.
  public func best(precision: Double) -> Point? {
    curve.filter { $0.precision >= precision }.max { ($0.recall, $0.score) < ($1.recall, $1.score) }
  }

  /// The most people found while so many detections are right, 0…1.
  public func recall(atPrecision precision: Double) -> Double { best(precision: precision)?.recall ?? 0 }

  private static func verdicts(
    _ picture: Picture, counts: (Box) -> Bool
  ) -> [(score: Float, isTrue: Bool)] {
    var left = picture.people
    var verdicts: [(score: Float, isTrue: Bool)] = []
    for detection in picture.found.sorted(by: { $0.score > $1.score }) {
      let best = left.indices.max { a, b in
        detection.box.intersectionOverUnion(left[a]) < detection.box.intersectionOverUnion(left[b])
      }
      if let best, detection.box.intersectionOverUnion(left[best]) >= overlap {
        if counts(left.remove(at: best)) { verdicts.append((detection.score, true)) }
      } else if counts(detection.box),
        !picture.uncertain.contains(where: { $0.intersectionOverUnion(detection.box) >= overlap })
      {
        verdicts.append((detection.score, false))
      }
    }
    return verdicts
  }

  /// With the precision at each recall replaced by the best at that or a higher one.
  private static func area(under curve: [Point]) -> Double {
    var (area, best, recall) = (0.0, 0.0, curve.last?.recall ?? 0)
    for (index, point) in curve.enumerated().reversed() {
      best = max(best, point.precision)
      let before = index > 0 ? curve[index - 1].recall : 0
      area += (recall - before) * best
      recall = before
    }
    return area
  }
}
