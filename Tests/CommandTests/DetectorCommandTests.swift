import Decode
import Foundation
import Network
import TestKit
import Testing

/// `analytics train detector`, `evaluate detector` and `bench detector` as a user runs them.
@Suite struct DetectorCommandTests {
  private static let header = "image,width,height,x1,y1,x2,y2"

  private let folder: TemporaryFolder
  private var images: URL { folder.url.appending(path: "images") }
  private var model: URL { folder.url.appending(path: "detector.safetensors") }
  private var checkpoint: URL { folder.url.appending(path: "detector.safetensors.checkpoint") }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    try write("a.jpg", 64, 48)
    try write("b.jpg", 48, 64)
    try write("tiny.jpg", 3, 3)
  }

  private func write(_ name: String, _ width: Int, _ height: Int) throws {
    let size = PictureSize(width: width, height: height)
    let picture = ColorPicture(
      size: size, pixels: (0..<3 * size.pixelCount).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try picture.jpegData().write(to: images.appending(path: name))
  }

  private func boxes(_ lines: String...) throws -> String {
    let url = folder.url.appending(path: "boxes.csv")
    try ([Self.header] + lines).joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
    return url.path
  }

  private func train(_ boxes: String, _ further: String...) throws -> AnalyticsBinary.Result {
    try AnalyticsBinary.run(
      [
        "train", "detector", "--images", images.path, "--boxes", boxes, "--output", model.path, "--steps",
        "2",
        "--threads", "1",
      ] + further)
  }

  private func evaluate(_ boxes: String, _ further: String...) throws -> AnalyticsBinary.Result {
    try AnalyticsBinary.run(
      ["evaluate", "detector", "--images", images.path, "--boxes", boxes, "--threads", "1"] + further)
  }

  private struct Summary: Decodable {
    struct Band: Decodable {
      let from: Double
      let people: Int
    }
    let images: Int
    let people: Int
    let ap50: Double
    let recall_at_precision_90: Double
    let by_height: [Band]
  }

  @Test func fromPicturesToAMeasuredModel() throws {
    let boxes = try boxes("a.jpg,64,48,10,4,30,44", "b.jpg,48,64,,,,", "tiny.jpg,3,3,0,0,3,3")
    let trained = try train(boxes)
    #expect(trained.status == 0, "\(trained.stderr)")
    #expect(trained.stderr.contains("2 steps in all"))
    #expect(!FileManager.default.fileExists(atPath: checkpoint.path))
    let first = try Data(contentsOf: model)
    #expect(try train(boxes).status == 0)
    #expect(try Data(contentsOf: model) == first, "the same seed gives the same model")

    let measured = try evaluate(boxes, "--model", model.path, "--json")
    #expect(measured.status == 0, "\(measured.stderr)")
    let summary = try JSONDecoder().decode(Summary.self, from: Data(measured.stdout.utf8))
    #expect(summary.images == 3 && summary.people == 2)
    #expect((0...1).contains(summary.ap50) && (0...1).contains(summary.recall_at_precision_90))
    #expect(summary.by_height.map(\.from) == [0, 20, 40, 80, 160])
    #expect(summary.by_height.map(\.people) == [1, 0, 1, 0, 0])
    let text = try evaluate(boxes, "--model", model.path)
    #expect(text.stdout.hasPrefix("test: 3 pictures, 2 people\nall: AP50 "))

    let bench = try AnalyticsBinary.run(["bench", "detector", "--model", model.path, "--rounds", "1"])
    #expect(bench.status == 0 && bench.stdout.hasPrefix("detector: "), "\(bench.stderr)")
    #expect(try train(boxes, "--init", model.path, "--background", images.path).status == 0)
  }

  @Test func aPictureThatIsCutOffIsFoundBeforeTheWork() throws {
    let whole = try Data(contentsOf: images.appending(path: "a.jpg"))
    try whole.prefix(whole.count / 2).write(to: images.appending(path: "half.jpg"))
    let result = try train(try boxes("a.jpg,64,48,10,4,30,44", "half.jpg,64,48,10,4,30,44"))
    #expect(result.status == 65, "\(result.stderr)")
    #expect(result.stderr.contains("half.jpg") && !result.stderr.contains("steps"))
    #expect(!FileManager.default.fileExists(atPath: checkpoint.path))
  }

  @Test func aMissingPictureIsFoundBeforeTheWork() throws {
    let boxes = try boxes("a.jpg,64,48,10,4,30,44", "none.jpg,64,48,10,4,30,44")
    for result in [try train(boxes)] {
      #expect(result.status == 74 && result.stderr.contains("none.jpg"), "\(result.stderr)")
    }
    #expect(!FileManager.default.fileExists(atPath: model.path))
  }

  @Test(arguments: [
    ("a.jpg,64,48,30,4,10,44", "line 2: the box 30.0,4.0,10.0,44.0 is empty or turned around"),
    ("a.jpg,64,48,10,4,90,44", "line 2: the box 10.0,4.0,90.0,44.0 reaches beyond its picture of 64×48"),
    ("a.jpg,64,48,,,,", "there is nobody in"), ("", "names no picture"),
  ]) func labelsThatCannotBeUsed(line: String, reason: String) throws {
    let boxes = try boxes(line)
    let trained = try train(boxes)
    #expect(trained.status == 65 && trained.stderr.contains(reason), "\(trained.stderr)")
  }

  @Test func filesThatAreNotThereOrNotWhatTheyShouldBe() throws {
    let boxes = try boxes("a.jpg,64,48,10,4,30,44")
    let noLabels = try train(folder.url.appending(path: "none.csv").path)
    #expect(noLabels.status == 74 && noLabels.stderr.contains("none.csv"))
    let notAModel = try evaluate(boxes, "--model", boxes)
    #expect(notAModel.status == 65, "\(notAModel.stderr)")
    let otherModel = TestData.packageRoot.appending(path: "Models/stae-base.safetensors").path
    let other = try evaluate(boxes, "--model", otherModel)
    #expect(other.status == 65 && other.stderr.contains("PersonDetector is needed"), "\(other.stderr)")
    try Data("no picture".utf8).write(to: images.appending(path: "b.jpg"))
    let broken = try train(try self.boxes("a.jpg,64,48,10,4,30,44", "b.jpg,48,64,,,,"))
    #expect(broken.status == 65 && broken.stderr.contains("b.jpg"), "\(broken.stderr)")
  }

  @Test(arguments: [
    ["--steps", "0"], ["--minutes", "-1"], ["--minutes", "1"], ["--threads", "0"], ["--seed", "x"],
    ["--no-such"],
  ]) func usageErrors(arguments: [String]) throws {
    let result = try AnalyticsBinary.run(
      ["train", "detector", "--images", "i", "--boxes", "b", "--output", "o", "--steps", "1"] + arguments)
    #expect(result.status == 64, "\(result.stderr)")
  }

  @Test func resumingNeedsACheckpoint() throws {
    let boxes = try boxes("a.jpg,64,48,10,4,30,44")
    let none = try train(boxes, "--resume")
    #expect(none.status == 74 && none.stderr.contains("there is no checkpoint to go on from"))
    try Data("left over".utf8).write(to: checkpoint)
    let leftover = try train(boxes)
    #expect(leftover.status == 74 && leftover.stderr.contains("--resume"))
  }
}
