import Decode
import TestKit
import Testing

@Suite struct ColorScalingTests {
  private let row = ColorPicture(
    size: .init(width: 4, height: 1), pixels: [0, 40, 80, 120].flatMap { [UInt8($0), 255, 0] })

  @Test func sameSizeIsThePictureItself() {
    #expect(row.scaled(to: row.size) == row)
  }

  @Test func halvingWeighsByATriangleTwoPixelsWide() {
    // The first new pixel lies at 1; the old ones at 0.5, 1.5 and 2.5 count 3 : 3 : 1, the one beyond the edge nothing.
    let half = row.scaled(to: .init(width: 2, height: 1))
    #expect(half.pixels == [29, 255, 0, 91, 255, 0])
  }

  @Test func growingInterpolatesAndKeepsTheEdge() {
    let grown = row.scaled(to: .init(width: 8, height: 2))
    let reds = stride(from: 0, to: 24, by: 3).map { grown.pixels[$0] }
    #expect(reds == [0, 10, 30, 50, 70, 90, 110, 120])
  }

  @Test func aRegionIsCutOutAndMayReachBeyondThePicture() {
    let right = row.scaled(.init(x: 0.5, y: 0, width: 0.5, height: 1), to: .init(width: 2, height: 1))
    #expect(right.pixels == [80, 255, 0, 120, 255, 0])
    let beyond = row.scaled(.init(x: 1, y: 0, width: 0.5, height: 1), to: .init(width: 2, height: 1))
    #expect(beyond.pixels[0] == 120 && beyond.pixels[3] == 120)
  }

  /// Columns of more and of fewer than are summed at a time, from pictures of random pixels.
  @Test(arguments: [1, 21, 22, 64, 100]) func rowsAreSumsOfRows(width: Int) {
    var random = SplitMix64(seed: 3)
    let old = ColorPicture(
      size: .init(width: width, height: 10),
      pixels: (0..<width * 30).map { _ in UInt8.random(in: 0...255, using: &random) })
    let new = old.scaled(to: .init(width: width, height: 4))
    for (place, found) in new.pixels.enumerated() {
      let centre = (Double(place / (width * 3)) + 0.5) * 2.5
      let weights = (0..<10).map { max(0, 1 - abs(Double($0) + 0.5 - centre) / 2.5) }
      let sum = weights.enumerated().reduce(0) {
        $0 + $1.element * Double(old.pixels[$1.offset * width * 3 + place % (width * 3)])
      }
      #expect(abs(sum / weights.reduce(0, +) - Double(found)) < 0.501)
    }
  }
}
