import TestKit
import Testing

@testable import Decode

@Suite struct AreaScalerTests {
  private static let full8 = AreaScaler.Levels(black: 0, white: 255)

  @Test func averagesByHand() {
    // 3×2 → 2×1: each output covers one and a half columns of two rows.
    let pixels: [UInt8] = [10, 20, 90, 30, 40, 70]
    let scaler = AreaScaler(
      from: PictureSize(width: 3, height: 2), to: PictureSize(width: 2, height: 1), blendsFields: false)
    // (10 + 30 + (20 + 40)/2) / 3 = 23.3, (90 + 70 + 30) / 3 = 63.3
    #expect(scaler.scale8(pixels, rowStride: 3, levels: Self.full8) == [23, 63])
  }

  @Test func keepsAPictureOfTheSameSize() {
    let pixels = (0..<255).map { UInt8($0) }
    let size = PictureSize(width: 17, height: 15)
    let scaler = AreaScaler(from: size, to: size, blendsFields: false)
    #expect(scaler.scale8(pixels, rowStride: 17, levels: Self.full8) == pixels)
  }

  @Test func stretchesLimitedRange() {
    let size = PictureSize(width: 5, height: 1)
    let scaler = AreaScaler(from: size, to: size, blendsFields: false)
    let limited = AreaScaler.Levels(black: 16, white: 235)
    #expect(scaler.scale8([0, 16, 125, 235, 255], rowStride: 5, levels: limited) == [0, 0, 127, 255, 255])
  }

  @Test func blendsTheFieldsOfACombedPicture() {
    // Rows alternate between black and white: both fields must count equally in every output row.
    for (rows, target) in [(48, 48), (48, 40), (48, 30), (48, 24), (50, 11), (48, 10)] {
      let pixels = (0..<rows).flatMap { [UInt8](repeating: $0.isMultiple(of: 2) ? 0 : 254, count: 4) }
      let scaler = AreaScaler(
        from: PictureSize(width: 4, height: rows), to: PictureSize(width: 4, height: target),
        blendsFields: true)
      let scaled = scaler.scale8(pixels, rowStride: 4, levels: Self.full8)
      #expect(Set(scaled) == [127], "\(rows) to \(target) rows")
    }
  }

  @Test(arguments: 0..<60) func equalsTheDefinition(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let source = PictureSize(
      width: .random(in: 1...70, using: &random), height: .random(in: 1...600, using: &random))
    let target = PictureSize(
      width: .random(in: 1...40, using: &random), height: .random(in: 1...40, using: &random))
    let rowStride = source.width + .random(in: 0...9, using: &random)
    let isDeep = Bool.random(using: &random)
    let largest = isDeep ? 1023 : 255
    let samples = (0..<(rowStride * source.height)).map { _ in Int.random(in: 0...largest, using: &random) }
    let levels = AreaScaler.Levels(black: 0, white: largest)
    let scaler = AreaScaler(from: source, to: target, blendsFields: false)
    let scaled =
      isDeep
      ? samples.map { UInt16($0) }.withUnsafeBytes { bytes in
        bytes.baseAddress.map { scaler.scale16($0, rowStride: 2 * rowStride, levels: levels) } ?? []
      } : scaler.scale8(samples.map { UInt8($0) }, rowStride: rowStride, levels: levels)
    for row in 0..<target.height {
      for column in 0..<target.width {
        let mean = areaMean(samples, rowStride: rowStride, source, target, row: row, column: column)
        let expected = mean * 255 / Double(largest)
        #expect(abs(Double(scaled[row * target.width + column]) - expected) <= 0.5 + 1e-6)
      }
    }
  }

  /// The mean over the area under an output pixel, in floating point, straight from the definition.
  private func areaMean(
    _ samples: [Int], rowStride: Int, _ source: PictureSize, _ target: PictureSize, row: Int, column: Int
  ) -> Double {
    func covered(_ index: Int, _ output: Int, _ n: Int, _ m: Int) -> Double {
      let (start, end) = (Double(output * n) / Double(m), Double((output + 1) * n) / Double(m))
      return max(0, min(end, Double(index + 1)) - max(start, Double(index)))
    }
    var sum = 0.0
    var area = 0.0
    for y in 0..<source.height {
      let height = covered(y, row, source.height, target.height)
      if height == 0 { continue }
      for x in 0..<source.width {
        let weight = height * covered(x, column, source.width, target.width)
        sum += weight * Double(samples[y * rowStride + x])
        area += weight
      }
    }
    return sum / area
  }
}
