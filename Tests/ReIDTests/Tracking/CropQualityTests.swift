import Decode
import TestKit
import Testing

@testable import ReID

@Suite struct CropQualityTests {
  private let picture = PictureSize(width: 640, height: 480)
  /// 48×144 pixels, in the middle.
  private let box = Box(x: 0.4, y: 0.3, width: 0.075, height: 0.3)

  private func quality(_ box: Box, score: Float = 1, others: [Box] = []) -> CropQuality {
    CropQuality(box: box, score: score, others: others, in: picture)
  }

  @Test func aLargeWholeCertainAndFreeBoxIsPerfect() {
    #expect(quality(box).value == 1)
  }

  @Test func sizeCountsByDoublings() {
    // From 16 to 144 pixels is a factor of 9, and 48 is half of the way.
    let small = Box(x: 0.4, y: 0.3, width: 0.025, height: 0.1)
    #expect(abs(quality(small).size - 0.5) < 1e-12)
    #expect(quality(Box(x: 0.4, y: 0.3, width: 0.01, height: 0.03)).value == 0)
  }

  @Test func everyCuttingEdgeHalves() {
    #expect(quality(Box(x: 0, y: 0.3, width: 0.075, height: 0.3)).wholeness == 0.5)
    #expect(quality(Box(x: 0.925, y: 0.7, width: 0.075, height: 0.3)).wholeness == 0.25)
  }

  @Test func whoStandsInFrontHidesMoreThanWhoStandsBehind() {
    let half = Box(x: box.x + box.width / 2, y: box.y, width: box.width, height: box.height)
    let inFront = Box(x: half.x, y: half.y, width: half.width, height: half.height + 0.1)
    let behind = Box(x: half.x, y: half.y - 0.1, width: half.width, height: half.height + 0.05)
    #expect(abs(quality(box, others: [inFront]).freedom - 0.5) < 1e-9)
    #expect(quality(box, others: [behind]).freedom > 0.7)
    #expect(quality(box, others: [Box(x: 0, y: 0, width: 0.1, height: 0.1)]).freedom == 1)
  }

  @Test func aBoxThatIsNoPersonWideOrNarrowIsWorth() {
    #expect(quality(Box(x: 0.2, y: 0.3, width: 0.3, height: 0.3)).proportion == 0.1)
    #expect(quality(Box(x: 0.2, y: 0.3, width: 0.02, height: 0.3)).proportion == 0.1)
    // 0.9 is half of the way from 0.6 to 1.2.
    #expect(abs(quality(Box(x: 0.2, y: 0.3, width: 0.2025, height: 0.3)).proportion - 0.5) < 1e-9)
  }

  @Test func aBoxThatLeapsIsWorthLess() {
    let leap = Box(x: box.x, y: box.y - box.height, width: box.width, height: box.height * 2)
    #expect(abs(quality(leap).compared(leap, with: box).steadiness - 0.5) < 1e-9)
  }

  @Test func blurCostsSharpnessAndContrastDoesNot() {
    var generator = SplitMix64(seed: 4)
    let size = PictureSize(width: 64, height: 160)
    var bytes = [UInt8](repeating: 0, count: 3 * size.pixelCount)
    for index in 0..<size.pixelCount {
      // Checks of 24 pixels with a little noise.
      let isLight = (index % 64 / 24 + index / 64 / 24).isMultiple(of: 2)
      let level = (isLight ? 180 : 60) + Int.random(in: -4...4, using: &generator)
      for channel in 0..<3 { bytes[3 * index + channel] = UInt8(level) }
    }
    let sharp = ColorPicture(size: size, pixels: bytes)
    let blurred = sharp.scaled(to: PictureSize(width: 8, height: 20)).scaled(to: size)
    let faint = ColorPicture(size: size, pixels: bytes.map { 90 + $0 / 3 })
    let flat = ColorPicture(size: size, pixels: [UInt8](repeating: 90, count: bytes.count))
    #expect(CropQuality.sharpness(of: blurred) < 0.7 * CropQuality.sharpness(of: sharp))
    #expect(abs(CropQuality.sharpness(of: faint) - CropQuality.sharpness(of: sharp)) < 0.1)
    #expect(CropQuality.sharpness(of: flat) == 0)
    #expect(
      CropQuality.sharpness(of: ColorPicture(size: .init(width: 1, height: 1), pixels: [1, 2, 3])) == 0)
  }
}
