import Decode
import Foundation
import Network
import TestKit
import Testing

@testable import ReID

@Suite struct PersonDetectorTests {
  // MARK: Non-maximum suppression

  private func box(_ left: Float, _ top: Float = 0, side: Float = 10) -> PixelBox {
    PixelBox(left: left, top: top, right: left + side, bottom: top + side)
  }

  @Test func theBestOfBoxesOverEachOtherStays() {
    // Shifted by 1 of 10 pixels the overlap is 90 / 110; shifted by 5, 50 / 150.
    let kept = NonMaximumSuppression()([(box(1), 0.8), (box(0), 0.9), (box(6), 0.3), (box(40), 0.1)])
    #expect(kept.map(\.score) == [0.9, 0.3, 0.1])
    #expect(kept.map(\.box.left) == [0, 6, 40])
  }

  @Test func whoIsSuppressedSuppressesNobody() {
    // Neighbours overlap by 70 / 130 > 0.5; the first and the third by 40 / 160.
    let kept = NonMaximumSuppression(largestOverlap: 0.5)([(box(0), 0.9), (box(3), 0.8), (box(6), 0.7)])
    #expect(kept.map(\.box.left) == [0, 6])
  }

  @Test func ofEqualScoresTheEarlierStays() {
    #expect(NonMaximumSuppression()([(box(0), 0.5), (box(1), 0.5)]).map(\.box.left) == [0])
    #expect(NonMaximumSuppression()([]).isEmpty)
  }

  @Test func noMoreThanTheLimitStay() {
    let many = (0..<500).map { (box(Float($0) * 20), Float($0) / 500) }
    let kept = NonMaximumSuppression()(many)
    #expect(kept.count == 200)
    #expect(kept.first?.score == 499.0 / 500 && kept.last?.score == 300.0 / 500)
  }

  // MARK: Candidates

  /// Answers in which everything is sure.
  private func sure(_ rows: Int, _ columns: Int) -> [Tensor] {
    DetectorNetwork.strides.map { stride in
      let level = Tensor([1, rows * 8 / stride, columns * 8 / stride, DetectorNetwork.outputChannels])
      level.withUnsafeMutableBufferPointer { numbers in
        for i in Swift.stride(from: 0, to: numbers.count, by: DetectorNetwork.outputChannels) {
          numbers[i] = Float(i % 97) / 97
        }
      }
      return level
    }
  }

  @Test func candidatesAreBounded() {
    let candidates = PersonDetector.candidates(in: sure(64, 64), above: 0.1)
    #expect(candidates.count == PersonDetector.candidateLimit)
    #expect(candidates.allSatisfy { $0.score >= 0.5 })
  }

  @Test func scoresBelowTheLeastDoNotCount() {
    #expect(PersonDetector.candidates(in: sure(8, 8), above: 0.9).isEmpty)
  }

  // MARK: Pictures

  @Test(arguments: [
    (768, 576, 384, 288), (320, 320, 320, 320), (1920, 1200, 416, 256), (3, 3, 320, 320),
    (10_000, 10, 1024, 32),
    (240, 352, 256, 384),
  ]) func picturesKeepTheirProportions(width: Int, height: Int, wantedWidth: Int, wantedHeight: Int) {
    let size = DetectorInput(pixelCount: 320 * 320).size(for: PictureSize(width: width, height: height))
    #expect(size == PictureSize(width: wantedWidth, height: wantedHeight))
  }

  @Test func numbersAreBytesOver255() {
    let picture = ColorPicture(
      size: PictureSize(width: 32, height: 32), pixels: (0..<3072).map { UInt8($0 % 256) })
    let tensor = DetectorInput(pixelCount: 1024).tensor(of: picture)
    #expect(tensor.shape == [1, 32, 32, 3])
    #expect(tensor.values[51] == 51 * (1 / 255 as Float))
  }

  private func detector() -> PersonDetector {
    let card = DetectorModel.Card(pixelCount: 96 * 96, trainingData: "", steps: 0, seed: 1)
    return PersonDetector(
      DetectorModel(network: DetectorNetwork(seed: 1), card: card), minimumScore: 0,
      compute: Compute(threads: 1))
  }

  @Test(arguments: [(3, 3), (1, 1), (1, 700), (641, 97)]) func picturesOfAnySizeAreLookedAt(
    width: Int, height: Int
  ) throws {
    let size = PictureSize(width: width, height: height)
    let picture = ColorPicture(
      size: size, pixels: (0..<3 * size.pixelCount).map { UInt8(truncatingIfNeeded: $0 &* 37) })
    let found = try detector().people(in: picture)
    #expect(!found.isEmpty && found.count <= 200)
    for detection in found {
      let box = detection.box
      #expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1.0001 && box.y + box.height <= 1.0001)
      #expect((0...1).contains(detection.score))
    }
    #expect(try detector().people(in: picture) == found, "the same picture gives the same people")
  }

  // MARK: Model files

  @Test func aModelSurvivesItsFile() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "detector.safetensors")
    let card = DetectorModel.Card(pixelCount: 320 * 320, trainingData: "two pictures", steps: 3, seed: 4)
    let model = DetectorModel(network: DetectorNetwork(seed: 4), card: card)
    try model.weightsFile().write(to: url)
    let read = try DetectorModel(contentsOf: url)
    #expect(read.card == card)
    #expect(read.digest == model.digest)
    #expect(read.digest != DetectorModel(network: DetectorNetwork(seed: 5), card: card).digest)
  }

  @Test func otherFilesAreRefused() {
    let card = DetectorModel.Card(pixelCount: 320 * 320, trainingData: "", steps: 0, seed: 0)
    let sound = DetectorModel(network: DetectorNetwork(seed: 1), card: card).weightsFile()
    func refusal(_ change: (inout WeightsFile) -> Void) -> String {
      var file = sound
      change(&file)
      do {
        _ = try DetectorModel(file)
        return "taken"
      } catch { return "\(error)" }
    }
    #expect(refusal { $0.metadata["network"] = "STAE-grayscale" }.contains("PersonDetector is needed"))
    #expect(refusal { $0.metadata["network"] = nil }.contains("no named network"))
    #expect(refusal { $0.metadata["format"] = "9" }.contains("has format 9"))
    #expect(refusal { $0.metadata["card"] = nil }.contains("no entry \"card\""))
    #expect(refusal { $0.metadata["card"] = "{}" }.contains("cannot be understood"))
    #expect(
      refusal { $0.metadata["card"] = #"{"pixelCount":9,"trainingData":"","steps":0,"seed":0}"# }
        .contains("9 pixels"))
    #expect(refusal { $0.tensors["head8.0.weight"] = nil }.contains("head8.0.weight"))
    #expect(refusal { _ in } == "taken")
  }
}
