import Network

/// Draws batches of some people with some crops each and of some singletons, and the pairs in them.
///
/// A singleton is a person of whom there is one crop. It says nothing of what stays the same from picture to picture, but is one
/// more person whom all others differ from.
struct PairSampler: Sendable {
  /// Who has not come yet in this round, by place.
  struct Queue: Sendable, Hashable, Codable {
    var people: [Int] = []
    var singletons: [Int] = []
  }

  private let crops: [CropCollection.Crop]
  /// The places of each person's crops, one list for each camera that saw the person.
  private let people: [[[Int]]]
  /// The places of the singletons' crops.
  private let singletons: [Int]
  var queue = Queue()

  init(_ collection: CropCollection) {
    crops = collection.crops
    var cameras = [[Int: [Int]]](repeating: [:], count: collection.identityCount)
    for (place, crop) in collection.crops.enumerated() {
      cameras[crop.identity][crop.camera, default: []].append(place)
    }
    let places = cameras.map { cameras in cameras.sorted { $0.key < $1.key }.map(\.value) }
    people = places.filter { $0.joined().count > 1 }
    singletons = places.filter { $0.joined().count == 1 }.flatMap { $0.joined() }
  }

  /// Whether `queue` can be one of this sampler's.
  func canTakeUp(_ queue: Queue) -> Bool {
    queue.people.allSatisfy(people.indices.contains)
      && queue.singletons.allSatisfy(singletons.indices.contains)
  }

  /// The places of the crops of `identities` people in turn, `cropsEach` from their cameras by turns, and of as many singletons as
  /// are asked for and there are, spread evenly among them. Nobody comes again before all others have come.
  mutating func batch(
    identities: Int, cropsEach: Int, singletons asked: Int, using g: inout SeededGenerator
  ) -> [Int] {
    var groups = (0..<min(identities, people.count)).map { _ in
      let cameras = people[Self.next(of: &queue.people, people.count, using: &g)]
        .shuffled(using: &g).map { $0.shuffled(using: &g) }
      return (0..<cropsEach).map { turn in
        let crops = cameras[turn % cameras.count]
        return crops[turn / cameras.count % crops.count]
      }
    }
    let (together, count) = (groups.count, min(asked, singletons.count))
    // From the last on, so that places before it stay where they are.
    for turn in (0..<count).reversed() {
      let singleton = singletons[Self.next(of: &queue.singletons, singletons.count, using: &g)]
      groups.insert([singleton], at: (turn + 1) * (together + 1) / (count + 1))
    }
    return Array(groups.joined())
  }

  private static func next(of queue: inout [Int], _ count: Int, using g: inout SeededGenerator) -> Int {
    if queue.isEmpty { queue = (0..<count).shuffled(using: &g) }
    return queue.removeLast()
  }

  /// The class of a crop: its person's place.
  func label(of crop: Int) -> Int { crops[crop].identity }

  /// For every crop of a batch, those of singletons apart, one pair with the same person, by another camera where there is one, and two with the
  /// most similar others: twice as many negative pairs as positive ones, as Shen et al. draw them from an anchor.
  ///
  /// - Parameter features: [N, …, D], of the batch.
  func pairs(of batch: [Int], features: Tensor, using g: inout SeededGenerator) -> [CropPair] {
    let similarities = Similarities(features)
    let labels = batch.map(label)
    return batch.indices.flatMap { anchor -> [CropPair] in
      let same = batch.indices.filter { $0 != anchor && labels[$0] == labels[anchor] }
      let elsewhere = same.filter { crops[batch[$0]].camera != crops[batch[anchor]].camera }
      guard let positive = (elsewhere.isEmpty ? same : elsewhere).randomElement(using: &g) else { return [] }
      let others = batch.indices.filter { labels[$0] != labels[anchor] }
        .sorted { similarities[anchor, $0] > similarities[anchor, $1] }
      return [CropPair(first: anchor, second: positive, isSamePerson: true)]
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
