import Network

/// Draws batches of some people with some crops each, and the pairs in them.
struct PairSampler: Sendable {
  private let crops: [CropCollection.Crop]
  /// The places of each person's crops, one list for each camera that saw the person.
  private let people: [[[Int]]]
  /// Who has not come yet in this round.
  var queue: [Int] = []

  init(_ collection: CropCollection) {
    crops = collection.crops
    var cameras = [[Int: [Int]]](repeating: [:], count: collection.identityCount)
    for (place, crop) in collection.crops.enumerated() {
      cameras[crop.identity][crop.camera, default: []].append(place)
    }
    people = cameras.map { cameras in cameras.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// Whether `queue` can be one of this sampler's.
  func canTakeUp(_ queue: [Int]) -> Bool { queue.allSatisfy(people.indices.contains) }

  /// The places of the crops of `identities` people in turn, `cropsEach` from their cameras by turns. Nobody comes again before
  /// all others have come.
  mutating func batch(identities: Int, cropsEach: Int, using g: inout SeededGenerator) -> [Int] {
    (0..<min(identities, people.count)).flatMap { _ in
      if queue.isEmpty { queue = people.indices.shuffled(using: &g) }
      let cameras = people[queue.removeLast()].shuffled(using: &g).map { $0.shuffled(using: &g) }
      return (0..<cropsEach).map { turn in
        let crops = cameras[turn % cameras.count]
        return crops[turn / cameras.count % crops.count]
      }
    }
  }

  /// The class of a crop: its person's place.
  func label(of crop: Int) -> Int { crops[crop].identity }

  /// For every crop of a batch one pair with the same person, by another camera where there is one, and two with the most
  /// similar others: twice as many negative pairs as positive ones, as Shen et al. draw them from an anchor.
  ///
  /// - Parameter features: [N, …, D], of the batch.
  func pairs(of batch: [Int], features: Tensor, using g: inout SeededGenerator) -> [CropPair] {
    let cosines = UnitFeatures(features).cosines()
    let labels = batch.map(label)
    return batch.indices.flatMap { anchor -> [CropPair] in
      let same = batch.indices.filter { $0 != anchor && labels[$0] == labels[anchor] }
      let elsewhere = same.filter { crops[batch[$0]].camera != crops[batch[anchor]].camera }
      guard let positive = (elsewhere.isEmpty ? same : elsewhere).randomElement(using: &g) else { return [] }
      let others = batch.indices.filter { labels[$0] != labels[anchor] }
        .sorted { cosines[anchor * batch.count + $0] > cosines[anchor * batch.count + $1] }
      return [CropPair(first: anchor, second: positive, isSamePerson: true)]
        + others.prefix(2).map { CropPair(first: anchor, second: $0, isSamePerson: false) }
    }
  }
}
