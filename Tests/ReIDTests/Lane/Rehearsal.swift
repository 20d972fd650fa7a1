import Decode

@testable import ReID

/// A person painted in one color, and the detector's word on where they are.
struct PaintedPerson {
  var box: Box
  var color: [UInt8]
  var score: Float = 0.9
}

/// Says what it is told.
final class ScriptedFinder: PersonFinding {
  var detections: [Detection] = []
  var failure: (any Error)?
  private(set) var calls = 0

  func people(in picture: ColorPicture) throws -> [Detection] {
    calls += 1
    if let failure { throw failure }
    return detections
  }
}

/// Tells people by the mean color of the middle of their crop, over mid-gray.
final class ColorEmbedder: PersonEmbedding {
  let modelDigest = "colors"
  /// Leaves out so many embeddings.
  var shortfall = 0
  private(set) var batches: [Int] = []

  func embeddings(of crops: [ColorPicture]) throws -> [Embedding] {
    batches.append(crops.count)
    return try crops.dropLast(shortfall).map { crop in
      let middle = crop.scaled(
        Box(x: 0.4, y: 0.4, width: 0.2, height: 0.2), to: PictureSize(width: 1, height: 1))
      return try Embedding(middle.pixels.map { Float($0) - 128 }, model: modelDigest)
    }
  }
}

/// A lane with its scripted detector, fed with painted frames.
struct Rehearsal {
  static let red: [UInt8] = [250, 10, 128]
  static let blue: [UInt8] = [10, 250, 128]

  let finder = ScriptedFinder()
  let embedder = ColorEmbedder()
  let lane: PeopleLane
  var size = PictureSize(width: 320, height: 240)

  init(parameters: PeopleLaneParameters = PeopleLaneParameters(), embeds: Bool = true) {
    lane = PeopleLane(finder: finder, embedder: embeds ? embedder : nil, parameters: parameters)
  }

  /// Feeds one frame.
  func show(
    _ people: [PaintedPerson], at seconds: Double, gray: UInt8 = 0, motion: MotionField? = nil
  ) throws -> [PersonTrack] {
    finder.detections = people.map { Detection(box: $0.box, score: $0.score) }
    return try lane.process(
      LaneFrame(
        time: .milliseconds(Int64((seconds * 1000).rounded())), gray: Self.flat(gray), motion: motion,
        colorPicture: { painted(people) }))
  }

  /// Somebody of a third of the picture's height.
  static func person(_ x: Double, _ y: Double = 0.4, _ color: [UInt8] = red) -> PaintedPerson {
    PaintedPerson(box: Box(x: x, y: y, width: 0.1, height: 0.35), color: color)
  }

  private static func flat(_ level: UInt8) -> GrayPicture {
    GrayPicture(size: PictureSize(width: 128, height: 128), pixels: Array(repeating: level, count: 128 * 128))
  }

  private func painted(_ people: [PaintedPerson]) -> ColorPicture {
    var pixels = [UInt8](repeating: 100, count: 3 * size.pixelCount)
    for person in people {
      let columns =
        Int(
          person.box.x * Double(size.width))..<Int(
          (person.box.x + person.box.width) * Double(size.width))
      let rows =
        Int(
          person.box.y * Double(size.height))..<Int(
          (person.box.y + person.box.height) * Double(size.height))
      for row in rows.clamped(to: 0..<size.height) {
        for column in columns.clamped(to: 0..<size.width) {
          for channel in 0..<3 { pixels[3 * (row * size.width + column) + channel] = person.color[channel] }
        }
      }
    }
    return ColorPicture(size: size, pixels: pixels)
  }
}
