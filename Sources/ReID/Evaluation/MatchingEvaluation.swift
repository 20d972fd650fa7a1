import Network

/// How well pictures of one camera are matched with those of others (the single-shot protocol of CUHK03, Li et al. 2014).
///
/// Every picture of the first camera is a probe. For `rank`, the gallery holds one picture of each person by another camera,
/// drawn at random, and what is found is averaged over many draws; for `map`, it holds all of them.
public struct MatchingEvaluation: Sendable {
  /// A picture's vector, and who is on it.
  public struct Sample: Sendable {
    /// Of length 1.
    public let vector: [Float]
    /// The person.
    public let identity: String
    /// The camera.
    public let camera: String

    /// A sample.
    public init(vector: [Float], identity: String, camera: String) {
      self.vector = vector
      self.identity = identity
      self.camera = camera
    }
  }

  /// How many galleries are drawn.
  public static let draws = 20

  /// The share of probes whose person is among the first k of the gallery, for k = 1, 2, …: the cumulative match
  /// characteristic. As long as the gallery.
  public let matchRates: [Double]
  /// Mean average precision over the whole gallery, 0…1.
  public let meanAveragePrecision: Double
  /// The similarity that one in a hundred pairs of different people, seen by different cameras, exceeds, −1…1: two
  /// pictures that are more alike may be taken for one person's.
  public let strangerSimilarity: Float
  /// How many probes there were.
  public let probeCount: Int
  /// How many people were in a gallery.
  public let galleryCount: Int

  /// The share of probes whose person is among the first `k`, 0…1.
  public func rank(_ k: Int) -> Double {
    matchRates.isEmpty ? 0 : matchRates[min(k, matchRates.count) - 1]
  }

  /// Matches the samples.
  ///
  /// - Parameters:
  ///   - seed: What the galleries are drawn from.
  ///   - source: Names the labels in errors.
  /// - Throws: `ReIDError.tooFewLabels` where there are fewer than two cameras, or nobody was seen by two.
  public init(_ samples: [Sample], seed: UInt64, source: String) throws(ReIDError) {
    let cameras = Set(samples.map(\.camera)).sorted()
    guard cameras.count > 1 else {
      throw .tooFewLabels(file: source, reason: "all pictures are of one camera; matching needs two")
    }
    let others = samples.filter { $0.camera != cameras[0] }
    let known = Set(others.map(\.identity))
    let probes = samples.filter { $0.camera == cameras[0] && known.contains($0.identity) }
    guard !probes.isEmpty else {
      throw .tooFewLabels(
        file: source,
        reason: "nobody was seen by camera \(cameras[0]) and by another; there is nothing to match")
    }
    guard known.count > 1 else {
      throw .tooFewLabels(file: source, reason: "there is only one person; matching needs two")
    }
    let table = SimilarityTable(probes: probes, gallery: others)
    matchRates = Self.matchRates(table, probes, others, people: known.sorted(), seed: seed)
    meanAveragePrecision =
      probes.indices.reduce(0) { sum, probe in
        sum + Self.averagePrecision(table, probe, others.map { $0.identity == probes[probe].identity })
      } / Double(probes.count)
    strangerSimilarity = Self.strangerSimilarity(table, probes, others)
    probeCount = probes.count
    galleryCount = known.count
  }

  private static func matchRates(
    _ table: SimilarityTable, _ probes: [Sample], _ gallery: [Sample], people: [String], seed: UInt64
  ) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    let pictures = Dictionary(grouping: gallery.indices) { gallery[$0].identity }
    var hits = [Int](repeating: 0, count: people.count)
    for _ in 0..<draws {
      let drawn = people.compactMap { pictures[$0]?.randomElement(using: &generator) }
      let place = Dictionary(uniqueKeysWithValues: zip(people, drawn))
      for (probe, sample) in probes.enumerated() {
        guard let own = place[sample.identity] else { continue }
        let score = table[probe, own]
        // Who is just as similar counts as more similar: equal vectors tell nobody apart.
        hits[drawn.count { $0 != own && table[probe, $0] >= score }] += 1
      }
    }
    var sum = 0
    return hits.map {
      sum += $0
      return Double(sum) / Double(draws * probes.count)
    }
  }

  private static func strangerSimilarity(
    _ table: SimilarityTable, _ probes: [Sample], _ gallery: [Sample]
  ) -> Float {
    let strangers = probes.indices.flatMap { probe in
      gallery.indices.filter { gallery[$0].identity != probes[probe].identity }.map { table[probe, $0] }
    }.sorted()
    return strangers[strangers.count * 99 / 100]
  }

  /// The mean of the precisions at every right picture.
  private static func averagePrecision(_ table: SimilarityTable, _ probe: Int, _ isRight: [Bool]) -> Double {
    let order = isRight.indices.sorted {
      (table[probe, $0], isRight[$1] ? 1 : 0, $1) > (table[probe, $1], isRight[$0] ? 1 : 0, $0)
    }
    var (right, sum) = (0, 0.0)
    for (place, index) in order.enumerated() where isRight[index] {
      right += 1
      sum += Double(right) / Double(place + 1)
    }
    return right == 0 ? 0 : sum / Double(right)
  }
}

/// Cosines of all probes with the whole gallery.
private struct SimilarityTable {
  private let width: Int
  private var values: [Float]

  init(probes: [MatchingEvaluation.Sample], gallery: [MatchingEvaluation.Sample]) {
    width = gallery.count
    values = []
    values.reserveCapacity(probes.count * width)
    for probe in probes {
      for other in gallery {
        values.append(zip(probe.vector, other.vector).reduce(0) { $0 + $1.0 * $1.1 })
      }
    }
  }

  subscript(probe: Int, picture: Int) -> Float { values[probe * width + picture] }
}
