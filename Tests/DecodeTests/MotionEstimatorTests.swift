import TestKit
import Testing

@testable import Decode

@Suite struct MotionEstimatorTests {
  /// The mean error over the picture without a margin, where what moves in cannot be known.
  private func error(
    of field: DisplacementField, from expected: SIMD2<Float>, margin: Int
  ) -> Float {
    var sum: Float = 0
    var count: Float = 0
    for y in margin..<(field.size.height - margin) {
      for x in margin..<(field.size.width - margin) {
        sum += (field.displacements[y * field.size.width + x] - expected).length
        count += 1
      }
    }
    return sum / count
  }

  @Test(arguments: [
    (0.0, 0.0), (1, 0), (0, -1), (0.5, 0.25), (-2.3, 1.7), (6, -3), (-12.5, 4.5),
  ]) func findsTranslations(dx: Double, dy: Double) throws {
    let size = PictureSize(width: 192, height: 144)
    let field = try #require(MotionEstimator(pictureSize: size)).estimate(
      from: SyntheticMotion.translated(size, 0, 0), to: SyntheticMotion.translated(size, dx, dy))
    #expect(field.size == size)
    #expect(error(of: field, from: SIMD2(Float(dx), Float(dy)), margin: 12) < 0.1)
  }

  @Test(arguments: [(1, 1), (2, 9), (17, 13), (23, 80), (24, 24), (25, 31), (319, 237), (640, 8)])
  func takesAnySize(width: Int, height: Int) throws {
    let size = PictureSize(width: width, height: height)
    let estimator = try #require(MotionEstimator(pictureSize: size))
    let field = estimator.estimate(
      from: SyntheticMotion.translated(size, 0, 0), to: SyntheticMotion.translated(size, 1, 0.5))
    #expect(field.size == size)
    #expect(field.displacements.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    let still = estimator.estimate(
      from: SyntheticMotion.translated(size, 0, 0), to: SyntheticMotion.translated(size, 0, 0))
    #expect(still.displacements.allSatisfy { $0.length < 1e-3 })
    if width >= 17, height >= 13 {
      #expect(error(of: field, from: SIMD2(1, 0.5), margin: 3) < 0.3)
    }
  }

  @Test func sameBitsWhateverCameBefore() throws {
    let size = PictureSize(width: 121, height: 90)
    let (a, b) = (SyntheticMotion.translated(size, 0, 0), SyntheticMotion.translated(size, 3, 1))
    let estimator = try #require(MotionEstimator(pictureSize: size))
    let first = estimator.estimate(from: a, to: b)
    #expect(estimator.estimate(from: b, to: a) != first)
    #expect(estimator.estimate(from: a, to: b) == first)
    let another = try #require(MotionEstimator(pictureSize: size))
    #expect(another.estimate(from: a, to: b) == first)
  }

  /// Sensor noise of two gray levels on a scene with flat areas and with texture.
  @Test func noiseIsNoMotion() throws {
    let size = PictureSize(width: 240, height: 160)
    let scene = SyntheticMotion.picture(size) { x, y in
      x < 120 ? 90 + 0.1 * y : SyntheticMotion.texture(x, y)
    }
    let field = try #require(MotionEstimator(pictureSize: size)).estimate(
      from: SyntheticMotion.noisy(scene, deviation: 2, seed: 1),
      to: SyntheticMotion.noisy(scene, deviation: 2, seed: 2))
    let speeds = field.displacements.map(\.length)
    #expect(speeds.reduce(0, +) / Float(speeds.count) < 0.05)
    #expect(speeds.count { $0 > 0.5 } * 50 < speeds.count)
    #expect(speeds.max() ?? 2 < 1.5)
  }

  /// An even square with nothing inside moves over an even ground, under what is left of noise of two gray levels where a picture of
  /// 360×240 is scaled to the size of motion's: its edges tell, and its inside follows.
  @Test func plainObjectsKeepTheirMotion() throws {
    let size = PictureSize(width: 216, height: 144)
    let noise = 1.2
    func scene(_ x: Double) -> GrayPicture {
      SyntheticMotion.picture(size) { px, py in
        (x..<(x + 27)).contains(px) && (54..<81).contains(py) ? 150 : 110
      }
    }
    let estimator = try #require(MotionEstimator(pictureSize: size))
    var inside = SIMD2<Float>.zero
    for seed in 0..<6 as Range<UInt64> {
      let field = estimator.estimate(
        from: SyntheticMotion.noisy(scene(90), deviation: noise, seed: 2 * seed),
        to: SyntheticMotion.noisy(scene(94), deviation: noise, seed: 2 * seed + 1))
      func mean(_ x: Range<Int>, _ y: Range<Int>) -> SIMD2<Float> {
        var sum = SIMD2<Float>.zero
        for row in y { for column in x { sum += field.displacements[row * field.size.width + column] } }
        return sum / Float(x.count * y.count)
      }
      inside += mean(98..<117, 58..<77) / 6
      #expect(mean(10..<60, 10..<134).length < 0.2)
      #expect(mean(150..<206, 10..<134).length < 0.2)
    }
    #expect((1.6...4.5).contains(inside.x) && abs(inside.y) < 0.5, "\(inside)")
  }

  /// A change of light is no motion.
  @Test func lightIsNoMotion() throws {
    let size = PictureSize(width: 160, height: 120)
    let field = try #require(MotionEstimator(pictureSize: size)).estimate(
      from: SyntheticMotion.picture(size) { 0.8 * SyntheticMotion.texture($0, $1) },
      to: SyntheticMotion.picture(size) { 0.8 * SyntheticMotion.texture($0, $1) + 12 })
    let speeds = field.displacements.map(\.length)
    #expect(speeds.reduce(0, +) / Float(speeds.count) < 0.1)
  }
}
