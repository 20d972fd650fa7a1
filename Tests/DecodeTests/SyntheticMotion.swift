import Foundation
import TestKit

@testable import Decode

/// Pictures whose motion is known.
enum SyntheticMotion {
  /// A smooth texture with detail of about 6 to 40 pixels, at any place: a sum of waves, 128 ± about 60.
  static func texture(_ x: Double, _ y: Double) -> Double {
    let waves: [(Double, Double, Double)] = [
      (0.9, 0.2, 20), (-0.35, 0.8, 20), (0.15, 0.31, 15), (0.52, -0.44, 15), (0.08, -0.17, 12),
    ]
    return waves.reduce(128) { $0 + $1.2 * sin($1.0 * x + $1.1 * y + $1.2) }
  }

  static func picture(_ size: PictureSize, _ level: (Double, Double) -> Double) -> GrayPicture {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size.pixelCount)
    for y in 0..<size.height {
      for x in 0..<size.width {
        pixels.append(UInt8(min(max(level(Double(x), Double(y)).rounded(), 0), 255)))
      }
    }
    return GrayPicture(size: size, pixels: pixels)
  }

  /// The whole texture, moved by (`dx`, `dy`).
  static func translated(_ size: PictureSize, _ dx: Double, _ dy: Double) -> GrayPicture {
    picture(size) { texture($0 - dx, $1 - dy) }
  }

  /// A textured square, its top left corner at (`x`, `y`), before a still, different texture.
  static func square(_ size: PictureSize, side: Double, x: Double, y: Double) -> GrayPicture {
    picture(size) { px, py in
      let inside = px >= x && px < x + side && py >= y && py < y + side
      return inside ? 255 - texture(1.3 * (px - x), 1.1 * (py - y)) : 100 + 0.3 * texture(py, px)
    }
  }

  /// Normal noise (the sum of twelve uniform numbers) on a picture.
  static func noisy(_ picture: GrayPicture, deviation: Double, seed: UInt64) -> GrayPicture {
    var generator = SplitMix64(seed: seed)
    let pixels = picture.pixels.map { level in
      let sum = (0..<12).reduce(-6) { sum, _ in sum + Double(generator.float()) }
      return UInt8(min(max((Double(level) + deviation * sum).rounded(), 0), 255))
    }
    return GrayPicture(size: picture.size, pixels: pixels)
  }

  /// A clip of these pictures; `arguments` name the codec. Full range, so that nothing is rounded.
  static func clip(
    _ pictures: [GrayPicture], framesPerSecond: Int = 10, in folder: ScratchFolder, name: String = "clip.mkv",
    _ arguments: [String] = ["-c:v", "ffv1", "-pix_fmt", "gray"]
  ) throws -> MediaLocation {
    let raw = try folder.file(name + ".raw", Data(pictures.flatMap(\.pixels)))
    let clip = folder.url.appending(path: name)
    try FFmpegCommand.run(
      [
        "ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-video_size",
        "\(pictures[0].size.width)x\(pictures[0].size.height)", "-framerate", "\(framesPerSecond)", "-i",
        raw.path,
      ] + arguments + [clip.path])
    return MediaLocation(file: clip)
  }

  /// All frames of a clip.
  static func frames(of clip: MediaLocation, _ options: ReaderOptions) throws -> [Frame] {
    let reader = try VideoReader(clip, options: options)
    var frames: [Frame] = []
    while let frame = try reader.next() { frames.append(frame) }
    return frames
  }
}

extension SIMD2<Float> {
  var length: Float { (self * self).sum().squareRoot() }
}

extension MotionField {
  /// The mean velocity over cells, by their place in analysis pixels.
  func mean(x: Range<Int>, y: Range<Int>) -> SIMD2<Float> {
    let columns = (x.lowerBound / Self.cellSide)..<(x.upperBound / Self.cellSide)
    let rows = (y.lowerBound / Self.cellSide)..<(y.upperBound / Self.cellSide)
    var sum = SIMD2<Float>.zero
    for row in rows { for column in columns { sum += velocities[row * self.columns + column] } }
    return sum / Float(columns.count * rows.count)
  }

  var greatestSpeed: Float { velocities.map(\.length).max() ?? 0 }
}
