import Testing

@testable import Decode

@Suite struct OrientationTests {
  private let one: Int32 = 1 << 16
  // 3×2: 1 2 3 / 4 5 6
  private let pixels: [UInt8] = [1, 2, 3, 4, 5, 6]

  private func turned(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> [UInt8] {
    let orientation = Orientation(displayMatrix: [a, b, 0, c, d, 0, 0, 0, 1 << 30])
    return orientation.upright(pixels, size: PictureSize(width: 3, height: 2), rowStride: 3, channels: 1)
  }

  @Test func turnsAsTheMatrixSays() {
    #expect(turned(one, 0, 0, one) == pixels)
    #expect(turned(-one, 0, 0, -one) == [6, 5, 4, 3, 2, 1])
    // (p, q) → (−q, p): a quarter turn clockwise on the screen, whose rows grow downward.
    #expect(turned(0, one, -one, 0) == [4, 1, 5, 2, 6, 3])
    #expect(turned(0, -one, one, 0) == [3, 6, 2, 5, 1, 4])
    #expect(turned(-one, 0, 0, one) == [3, 2, 1, 6, 5, 4])
    #expect(turned(one, 0, 0, -one) == [4, 5, 6, 1, 2, 3])
    #expect(turned(0, one, one, 0) == [1, 4, 2, 5, 3, 6])
  }

  @Test func movesWholePixels() {
    let orientation = Orientation(displayMatrix: [0, one, 0, -one, 0, 0, 0, 0, 1 << 30])
    let size = PictureSize(width: 2, height: 1)
    #expect(
      orientation.upright([1, 2, 3, 4, 5, 6], size: size, rowStride: 6, channels: 3) == [1, 2, 3, 4, 5, 6])
    #expect(orientation.uprightSize(of: size) == PictureSize(width: 1, height: 2))
  }
}
