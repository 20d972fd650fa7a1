import Network

/// Draws batches of some people with some crops each, and the pairs in them.
struct PairSampler: Sendable {
  private let crops: [CropCollection.Crop]
  /// The places of each person's crops, one list for each camera that saw the person.
  private let people: [[[Int]]]
  /// Who has not come yet in this round, by place.
  var queue: [Int] = []

  init(_ collection: CropCollection) {
    crops = collection.crops
    var people = [[Int: [Int]]](repeating: [:], count: collection.identityCount)
    for (place, crop) in collection.crops.enumerated() {
      people[crop.identity][crop.camera, default: []].append(place)
    }
    self.people = people.map { cameras in cameras.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// `identities` people in turn, with `cropsEach` crops from their cameras by turns, person after person. A person comes
  /// again only when all others have come.
  ///
  /// - Parameter recoloring: How often a person comes in other colours.
  mutating func batch(
    identities: Int, cropsEach: Int, recoloring: Double, using g: inout SeededGenerator
  ) -> [Look] {
    var looks: [Look] = []
    for _ in 0..<min(identities, people.count) {
      if queue.isEmpty { queue = people.indices.shuffled(using: &g) }
      let cameras = people[queue.removeLast()].shuffled(using: &g).map { $0.shuffled(using: &g) }
      let isRecolored = recoloring > 0 && Double(g.uniform(in: 0...1)) < recoloring
      let colors = isRecolored ? Look.ColorOrder.allCases.randomElement(using: &g) ?? .rgb : .rgb
      looks += (0..<cropsEach).map { turn in
        let crops = cameras[turn % cameras.count]
        return Look(crop: crops[turn / cameras.count % crops.count], colors: colors)
      }
    }
    return looks
  }

  /// The class of a look: the person's place for one in its own colours, and as many further on for each other order of them.
  func label(of look: Look) -> Int { crops[look.crop].identity + look.colors.rawValue * people.count }

  /// For every crop of a batch one pair with the same person, by another camera where there is one, and two with the most
  /// similar others: twice as many negative pairs as positive ones, as Shen et al. draw them from an anchor.
  ///
  /// - Parameter features: [N, …, D], of the batch.
  func pairs(of batch: [Look], features: Tensor, using g: inout SeededGenerator) -> [CropPair] {
    let similarities = Similarities(features)
    let labels = batch.map(label)
    return batch.indices.flatMap { anchor -> [CropPair] in
      let same = batch.indices.filter { $0 != anchor && labels[$0] == labels[anchor] }
      let elsewhere = same.filter { crops[batch[$0].crop].camera != crops[batch[anchor].crop].camera }
      let others = batch.indices.filter { labels[$0] != labels[anchor] }
        .sorted { similarities[anchor, $0] > similarities[anchor, $1] }
      let positive = (elsewhere.isEmpty ? same : elsewhere).randomElement(using: &g)
      return (positive.map { [CropPair(first: anchor, second: $0, isSamePerson: true)] } ?? [])
        + others.prefix(2).map { CropPair(first: anchor, second: $0, isSamePerson: false) }
    }
  }

  /// Cosines of all features of a batch.
  private struct Similarities {
    private let count: Int
    private var values: [Float]

    init(_ features: Tensor) {
      let (rows, dimension) = (features.shape.rows, features.shape.channels)
      let numbers = features.values
      let lengths = (0..<rows).map { row in
        max(1e-12, numbers[row * dimension..<(row + 1) * dimension].reduce(0) { $0 + $1 * $1 }.squareRoot())
      }
      count = rows
      values = [Float](repeating: 0, count: rows * rows)
      for i in 0..<rows {
        for j in 0..<rows {
          var sum: Float = 0
          for k in 0..<dimension { sum += numbers[i * dimension + k] * numbers[j * dimension + k] }
          values[i * rows + j] = sum / (lengths[i] * lengths[j])
        }
      }
    }

    subscript(i: Int, j: Int) -> Float { values[i * count + j] }
  }
}
