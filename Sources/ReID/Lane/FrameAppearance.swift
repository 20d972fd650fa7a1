import Decode

/// What the people of one frame look like, computed only for those who are asked about, and once.
final class FrameAppearance: AppearanceSource {
  private let picture: ColorPicture
  private let boxes: [Box]
  private let qualities: [CropQuality]
  private let courses: [Int: PersonCourse]
  private var embeddings: [Int: Embedding] = [:]
  /// Gives the count of crops back to the lane.
  private(set) var embedder: CropEmbedder

  init(
    picture: ColorPicture, boxes: [Box], qualities: [CropQuality], courses: [Int: PersonCourse],
    embedder: CropEmbedder
  ) {
    self.picture = picture
    self.boxes = boxes
    self.qualities = qualities
    self.courses = courses
    self.embedder = embedder
  }

  func similarities(of pairs: [AppearancePair]) throws -> [Float?] {
    let told = pairs.filter { canTell($0.detection) && courses[$0.ordinal] != nil }
    let asked = Set(told.map(\.detection)).subtracting(embeddings.keys).sorted()
    let found = try embedder.embeddings(of: asked.map { PersonCrop.cut(boxes[$0], from: picture) })
    for (detection, embedding) in zip(asked, found) { embeddings[detection] = embedding }
    try embedder.complete(Set(told.map(\.ordinal)).sorted().compactMap { courses[$0] })
    return try pairs.map { pair in
      guard canTell(pair.detection), let embedding = embeddings[pair.detection],
        let known = try courses[pair.ordinal]?.crops.embedding()
      else { return nil }
      return try known.similarity(to: embedding)
    }
  }

  func canTell(_ detection: Int) -> Bool {
    let quality = qualities[detection]
    return quality.freedom >= 0.6 && quality.wholeness >= 0.5 && quality.size > 0.1
  }
}
