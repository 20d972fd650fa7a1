import Decode
import Foundation
import Network
import TestKit
import Testing

@testable import ReID

/// Training on pictures of bright upright bars on a dark ground, which stand for people.
@Suite struct DetectorTrainingTests {
  private let folder: TemporaryFolder
  private let pictures: [LabelledPicture]
  private let compute = Compute(threads: 1)

  init() throws {
    folder = try TemporaryFolder()
    var made: [LabelledPicture] = []
    var g = SeededGenerator(seed: 11)
    for number in 0..<12 {
      let (picture, box) = Self.bar(using: &g)
      let url = folder.url.appending(path: "\(number).jpg")
      try picture.jpegData(quality: 95).write(to: url)
      made.append(
        LabelledPicture(
          file: url, size: picture.size, weight: 1, isStretched: false,
          people: [.init(box: box, source: .groundTruth)]))
    }
    pictures = made
  }

  private static func bar(using g: inout SeededGenerator) -> (ColorPicture, Box) {
    let size = PictureSize(width: 96, height: 96)
    let height = Int(g.uniform(in: 50...70))
    let (x, y) = (Int(g.uniform(in: 5...60)), Int(g.uniform(in: 5...20)))
    let width = height * 2 / 5
    var pixels = (0..<3 * size.pixelCount).map { _ in UInt8(20 + g.next() % 30) }
    for row in y..<y + height {
      for column in x..<min(x + width, 96) {
        for c in 0..<3 { pixels[3 * (row * 96 + column) + c] = 220 }
      }
    }
    let box = Box(
      x: Double(x) / 96, y: Double(y) / 96, width: Double(min(width, 96 - x)) / 96,
      height: Double(height) / 96)
    return (ColorPicture(size: size, pixels: pixels), box)
  }

  private func options(steps: Int) -> DetectorTrainingOptions {
    var options = DetectorTrainingOptions(budget: .steps(steps))
    options.side = 96
    options.finalSide = 96
    options.batch = 4
    options.warmUpSteps = 10
    options.averaging = 0.95
    return options
  }

  private func run(steps: Int) -> DetectorTrainingRun {
    DetectorTrainingRun(
      pictures: pictures, initial: nil, trainingData: "bars", options: options(steps: steps), compute: compute
    )
  }

  @Test func itLearnsWhatItIsShown() throws {
    var losses: [Double] = []
    let model = try run(steps: 150).run(isCancelled: { false }) {
      losses.append($0.report.scoreLoss + $0.report.boxLoss)
    }
    let (early, late) = (losses.prefix(20).reduce(0, +), losses.suffix(20).reduce(0, +))
    #expect(late < 0.7 * early)
    var g = SeededGenerator(seed: 99)
    let detector = PersonDetector(
      DetectorModel(
        network: model.network, card: .init(pixelCount: 96 * 96, trainingData: "", steps: 0, seed: 0)),
      minimumScore: 0.02, compute: compute)
    let seen = try (0..<20).map { _ in
      let (picture, box) = Self.bar(using: &g)
      return DetectionEvaluation.Picture(
        size: picture.size, people: [box], found: try detector.people(in: picture))
    }
    let precision = try #require(DetectionEvaluation(seen).averagePrecision)
    #expect(precision > 0.8, "pictures that it has not seen: \(precision)")
  }

  @Test func theSameSeedGivesTheSameModel() throws {
    let first = try run(steps: 3).run(isCancelled: { false }) { _ in }
    #expect(try run(steps: 3).run(isCancelled: { false }) { _ in }.digest == first.digest)
    var other = run(steps: 3)
    other.options.seed = 2
    #expect(
      try other.run(isCancelled: { false }) { _ in }.network.namedParameters[0].parameter.value.values
        != first.network.namedParameters[0].parameter.value.values)
  }

  @Test func anInterruptedTrainingGoesOnAsIfNeverInterrupted() throws {
    let whole = try run(steps: 6).run(isCancelled: { false }) { _ in }
    var interrupted = run(steps: 6)
    let checkpoint = folder.url.appending(path: "checkpoint")
    interrupted.checkpoint = checkpoint
    var steps = 0
    #expect(throws: ReIDError.self) {
      _ = try interrupted.run(isCancelled: { steps == 3 }) { steps = $0.report.step }
    }
    let looked = try DetectorModel(contentsOf: checkpoint)
    #expect(looked.card.steps == 3)
    interrupted.resumes = true
    #expect(try interrupted.run(isCancelled: { false }) { _ in }.digest == whole.digest)
  }

  @Test func checkpointsOfOtherTrainingsAreRefused() throws {
    let trainer = DetectorTrainer(
      DetectorNetwork(seed: 1), pictures: pictures, options: options(steps: 5), compute: compute, now: { 0 })
    let checkpoint = trainer.checkpoint()
    let others = DetectorTrainer(
      DetectorNetwork(seed: 1), pictures: Array(pictures.dropLast()), options: options(steps: 5),
      compute: compute,
      now: { 0 })
    #expect(throws: NetworkError.self) { try others.resume(from: checkpoint) }
    var changed = options(steps: 5)
    changed.batch = 2
    let otherwise = DetectorTrainer(
      DetectorNetwork(seed: 1), pictures: pictures, options: changed, compute: compute, now: { 0 })
    #expect(throws: NetworkError.self) { try otherwise.resume(from: checkpoint) }
    #expect(throws: NetworkError.self) { try trainer.resume(from: WeightsFile()) }
    try trainer.resume(from: checkpoint)
  }

  @Test func thereMustBeSomebody() {
    var nobody = run(steps: 1)
    nobody.pictures = pictures.map { picture in
      var picture = picture
      picture.people = []
      return picture
    }
    #expect(throws: ReIDError.self) { _ = try nobody.run(isCancelled: { false }) { _ in } }
  }

  // MARK: Composed pictures

  @Test func composedPicturesKeepPeopleInTheirBoxes() throws {
    let maker = SampleMaker(pictures)
    var g = SeededGenerator(seed: 1)
    var people = 0
    for _ in 0..<20 {
      let sample = try maker.sample(PictureSize(width: 128, height: 128), using: &g)
      for box in sample.people {
        #expect(box.left >= 0 && box.top >= 0 && box.right <= 128 && box.bottom <= 128)
        #expect(box.height >= Canvas.leastHeight - 0.01)
        people += 1
      }
    }
    #expect(people > 20)
  }

  @Test func aPictureIsDrawnWhereItsBoxesAre() throws {
    let size = PictureSize(width: 40, height: 40)
    var pixels = [UInt8](repeating: 0, count: 3 * size.pixelCount)
    for row in 10..<30 {
      for column in 4..<12 { for c in 0..<3 { pixels[3 * (row * 40 + column) + c] = 255 } }
    }
    let picture = ColorPicture(size: size, pixels: pixels)
    let person = LabelledPicture.Person(
      box: Box(x: 0.1, y: 0.25, width: 0.2, height: 0.5), source: .groundTruth)
    let labels = LabelledPicture(
      file: URL(filePath: "/none"), size: size, weight: 1, isStretched: false, people: [person])
    let place = Canvas.Area(x: 8, y: 16, width: 80, height: 80)
    for flipped in [false, true] {
      var canvas = Canvas(size: PictureSize(width: 96, height: 96))
      canvas.draw(
        picture, labels, at: place, within: Canvas.Area(x: 0, y: 0, width: 96, height: 96), flipped: flipped)
      // 80 pixels wide: 8…24 of it, or mirrored 56…72, moved by 8; 20…60 of the height, moved by 16.
      let left: Float = flipped ? 64 : 16
      let box = try #require(canvas.people.first)
      #expect(abs(box.left - left) < 1e-3 && abs(box.right - left - 16) < 1e-3)
      #expect(abs(box.top - 36) < 1e-3 && abs(box.bottom - 76) < 1e-3)
      func brightness(_ x: Int, _ y: Int) -> UInt8 { canvas.pixels[3 * (y * 96 + x)] }
      #expect(brightness(Int(left) + 8, 56) == 255 && brightness(Int(left) - 4, 56) == 0)
      #expect(brightness(Int(left) + 20, 56) == 0 && brightness(Int(left) + 8, 30) == 0)
      #expect(brightness(2, 2) == 114, "what nothing is drawn on stays gray")
    }
  }

  @Test func peopleWhoAreCutOffAreLeftOutOfTheLoss() throws {
    let size = PictureSize(width: 40, height: 40)
    let picture = ColorPicture(size: size, pixels: [UInt8](repeating: 0, count: 3 * size.pixelCount))
    let people = [
      LabelledPicture.Person(box: Box(x: 0.7, y: 0.1, width: 0.3, height: 0.8), source: .groundTruth),
      .init(box: Box(x: 0, y: 0.1, width: 0.3, height: 0.8), source: .uncertain),
      .init(box: Box(x: 0.4, y: 0.1, width: 0.05, height: 0.1), source: .groundTruth),
      .init(box: Box(x: 0.1, y: 0.1, width: 0.2, height: 0.8), source: .groundTruth),
    ]
    let labels = LabelledPicture(
      file: URL(filePath: "/none"), size: size, weight: 1, isStretched: false, people: people)
    var canvas = Canvas(size: PictureSize(width: 64, height: 64))
    let all = Canvas.Area(x: 0, y: 0, width: 64, height: 64)
    // Twice as large: of the first 4 of 24 columns are seen, the third is 8 pixels tall.
    canvas.draw(
      picture, labels, at: Canvas.Area(x: 4, y: 0, width: 80, height: 80), within: all, flipped: false)
    #expect(canvas.people.count == 1 && canvas.ignored.count == 3)
    #expect(canvas.incomplete == [PixelBox(left: 4, top: 0, right: 64, bottom: 64)])
  }

  @Test func compressionKeepsThePictureAboutAsItWas() {
    var canvas = Canvas(size: PictureSize(width: 32, height: 32))
    var g = SeededGenerator(seed: 4)
    for i in canvas.pixels.indices { canvas.pixels[i] = UInt8(100 + (i / 3) % 32 + Int(g.next() % 8)) }
    let before = canvas.pixels
    CompressionNoise(step: 8).apply(to: &canvas)
    let differences = zip(before, canvas.pixels).map { abs(Int($0) - Int($1)) }
    #expect(differences.contains { $0 > 0 })
    #expect(differences.allSatisfy { $0 < 20 })
    var gray = Canvas(size: PictureSize(width: 16, height: 16))
    CompressionNoise(step: 8).apply(to: &gray)
    #expect(gray.pixels.allSatisfy { abs(Int($0) - 114) <= 1 })
  }
}
