import Foundation
import TestKit

@testable import Decode

/// Pictures whose motion is known.
enum SyntheticMotion {
  /// A smooth random texture with detail of about 6 to 30 pixels, at any place, nowhere like elsewhere: 128 ± about 80.
  static func texture(_ x: Double, _ y: Double) -> Double {
    128 + 90 * noise(x / 6, y / 6, seed: 1) + 90 * noise(x / 17, y / 17, seed: 2)
  }

  /// Random levels of -0.5…0.5 at whole places, and smooth between them.
  private static func noise(_ x: Double, _ y: Double, seed: UInt64) -> Double {
    let (column, row) = (x.rounded(.down), y.rounded(.down))
    func level(_ dx: Int, _ dy: Int) -> Double {
      let place = UInt64(bitPattern: Int64(Int(column) + dx) << 32 ^ Int64(Int(row) + dy))
      var generator = SplitMix64(seed: place &* 0x9E37_79B9 ^ seed)
      return Double(generator.float()) - 0.5
    }
    func ease(_ t: Double) -> Double { t * t * (3 - 2 * t) }
    let (a, b) = (ease(x - column), ease(y - row))
    let top = level(0, 0) * (1 - a) + level(1, 0) * a
    let bottom = level(0, 1) * (1 - a) + level(1, 1) * a
    return top * (1 - b) + bottom * b
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
