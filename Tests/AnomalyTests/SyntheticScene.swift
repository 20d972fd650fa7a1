import Anomaly
import Decode
import TestKit

/// A textured background with sensor noise and people who walk through it: blobs of 8×14 pixels on a path.
struct SyntheticScene {
  struct Blob {
    var x: Float
    var y: Float
    var width: Float = 8
    var height: Float = 14
    var speed: Float
    var level: Float
  }

  static let framesPerSecond = 10
  static let size = PictureSize(width: 128, height: 128)

  private var random: SplitMix64
  private let background: [Float]
  private var walkers: [Blob] = []

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    var texture = SplitMix64(seed: 99)  // the same place for every seed
    background = (0..<Self.size.width * Self.size.height).map { index in
      90 + Float(index / Self.size.width) / 4 + texture.float(in: -15...15)
    }
  }

  /// The next frame; `extra` is drawn over it, `gain` and `offset` are the light.
  mutating func next(extra: Blob? = nil, gain: Float = 1, offset: Float = 0) -> GrayPicture {
    if Float.random(in: 0...1, using: &random) < 0.02 {
      walkers.append(
        Blob(
          x: -8, y: random.float(in: 50...90), speed: random.float(in: 0.4...0.9),
          level: random.float(in: 20...60)))
    }
    for index in walkers.indices { walkers[index].x += walkers[index].speed }
    walkers.removeAll { $0.x > 130 }
    var levels = background
    for blob in walkers + [extra].compactMap(\.self) { draw(blob, into: &levels) }
    let pixels = levels.map { level -> UInt8 in
      let noise = random.float(in: -2...2) + random.float(in: -2...2)
      return UInt8(min(255, max(0, level * gain + offset + noise)))
    }
    return GrayPicture(size: Self.size, pixels: pixels)
  }

  private func draw(_ blob: Blob, into levels: inout [Float]) {
    for y in Int(blob.y)..<Int(blob.y + blob.height) where (0..<128).contains(y) {
      for x in Int(blob.x)..<Int(blob.x + blob.width) where (0..<128).contains(x) {
        levels[y * 128 + x] = blob.level
      }
    }
  }

  static func stamp(_ index: Int) -> FrameStamp {
    FrameStamp(index: index, presentationTime: .seconds(1) * index / framesPerSecond)
  }

  /// What is usual in the scene, from two and a half minutes of walking.
  static let calibration = Result { try calibrate(seed: 1, frameCount: 1500) }

  private static func calibrate(seed: UInt64, frameCount: Int) throws -> Calibration {
    let reconstructor = TemporalMean()
    let stream = FeatureStream(reconstructor: reconstructor)
    var builder = CalibrationBuilder(grid: reconstructor.cubeShape.grid)
    var scene = SyntheticScene(seed: seed)
    for index in 0..<frameCount {
      for error in try stream.add(scene.next(), stamp: stamp(index)) { builder.add(error) }
    }
    for error in try stream.finish() { builder.add(error) }
    return try builder.calibration()
  }
}
