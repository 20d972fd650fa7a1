import Decode
public import Foundation
public import ReID

/// The picture of somebody who is searched for.
public struct Probe {
  /// Below this the largest person is not taken for one.
  private static let leastScore: Float = 0.4
  /// The shorter side of a picture must have so many pixels: less shows nobody.
  private static let leastSide = 12
  /// Who is on a crop fills so much of it.
  private static let leastShareOfCrop = 0.3
  /// A crop that somebody fills is looked at in a frame so much wider and higher, as detectors expect people in one.
  private static let frameFactor = 1.6

  /// What the person looks like.
  public let embedding: Embedding
  /// How many others are in the picture.
  public let otherCount: Int

  /// The largest person in a picture.
  ///
  /// - Throws: `DecodeError` where the file is no picture or too large, `PeopleSearchError` where it is too small or shows
  ///   nobody, and what the models throw.
  public init(contentsOf url: URL, model: PeopleModel) throws {
    let picture = try ColorPicture(contentsOf: url)
    guard min(picture.size.width, picture.size.height) >= Self.leastSide else {
      throw PeopleSearchError.imageTooSmall(path: url.path, size: picture.size, leastSide: Self.leastSide)
    }
    let people = try Self.people(in: picture, model.finder)
    guard let largest = people.max(by: { $0.box.area < $1.box.area }) else {
      throw PeopleSearchError.nobody(path: url.path)
    }
    // A picture with the proportions of somebody who fills most of it is a crop of that person.
    let isCrop = picture.hasProportionsOfPerson && largest.box.area >= Self.leastShareOfCrop
    let box = isCrop ? Box.wholePicture : largest.box
    // Whoever saved a crop of ours asks with a detected box, too.
    guard let embedding = try model.embedder.embeddings(of: [picture.person(in: box)]).first
    else { throw PeopleSearchError.nobody(path: url.path) }
    otherCount = isCrop ? 0 : people.count - 1
    self.embedding = embedding
  }

  private static func people(in picture: ColorPicture, _ finder: any PersonFinding) throws -> [Detection] {
    func direct() throws -> [Detection] { try finder.people(in: picture).filter { $0.score >= leastScore } }
    func framed() throws -> [Detection] {
      try finder.people(in: picture.framed(by: frameFactor)).filter { $0.score >= leastScore }.map {
        Detection(box: $0.box.unframed(by: frameFactor), score: $0.score)
      }
    }
    let first = try picture.hasProportionsOfPerson ? framed() : direct()
    return try !first.isEmpty ? first : picture.hasProportionsOfPerson ? direct() : framed()
  }
}

extension ColorPicture {
  /// Whether it is as high as a crop of somebody upright would be.
  fileprivate var hasProportionsOfPerson: Bool {
    (0.2...0.7).contains(Double(size.width) / Double(size.height))
  }

  /// The picture in the middle of a gray one that is so many times wider and higher.
  fileprivate func framed(by factor: Double) -> ColorPicture {
    let (width, height) = (Int(Double(size.width) * factor), Int(Double(size.height) * factor))
    let (left, top) = ((width - size.width) / 2, (height - size.height) / 2)
    var framed = [UInt8](repeating: 114, count: 3 * width * height)
    for y in 0..<size.height {
      let (from, to) = (3 * y * size.width, 3 * ((top + y) * width + left))
      framed.replaceSubrange(to..<to + 3 * size.width, with: pixels[from..<from + 3 * size.width])
    }
    return ColorPicture(size: PictureSize(width: width, height: height), pixels: framed)
  }
}

extension Box {
  /// The same place in the picture that was framed, without what lies in the frame.
  fileprivate func unframed(by factor: Double) -> Box {
    func inside(_ place: Double) -> Double { min(1, max(0, (place - 0.5) * factor + 0.5)) }
    let (left, top) = (inside(x), inside(y))
    return Box(x: left, y: top, width: inside(x + width) - left, height: inside(y + height) - top)
  }
}
