import Foundation
import Network

/// Changes a training clip at random, all its frames alike, so that motion stays what it is.
///
/// The paper names random crops, brightness and blur without their sizes; those of `.paper` are our reading.
public struct Augmentation: Sendable, Hashable, Codable {
  /// The side of the crop as a fraction of the picture's; the crop is scaled back to full size.
  public var cropSide: ClosedRange<Float>
  /// The factor of brightness.
  public var gain: ClosedRange<Float>
  /// What is added to brightness, of a range of 0…1.
  public var bias: ClosedRange<Float>
  /// The standard deviation of the Gaussian blur, in pixels.
  public var blurDeviation: ClosedRange<Float>
  /// Whether every second clip is mirrored, left to right.
  public var mirrors = false

  /// All four changes.
  public static let paper = Augmentation(
    cropSide: 0.85...1, gain: 0.75...1.25, bias: -0.1...0.1, blurDeviation: 0...1.5)
  /// Light changes only: for one camera, whose picture stays where it is.
  public static let fixedCamera = Augmentation(
    cropSide: 1...1, gain: 0.9...1.1, bias: -0.05...0.05, blurDeviation: 0...0.5)
  /// Crops and mirrors: for motion fields, which have no brightness and no blur.
  public static let motion = Augmentation(
    cropSide: 0.85...1, gain: 1...1, bias: 0...0, blurDeviation: 0...0, mirrors: true)
  /// Nothing.
  public static let none = Augmentation(cropSide: 1...1, gain: 1...1, bias: 0...0, blurDeviation: 0...0)

  /// One draw of the changes.
  struct Draw {
    let side: Float
    let left: Float
    let top: Float
    let gain: Float
    let bias: Float
    let blurDeviation: Float
    let isMirrored: Bool
  }

  func draw(using generator: inout SeededGenerator) -> Draw {
    let side = generator.uniform(in: cropSide)
    return Draw(
      side: side, left: generator.uniform(in: 0...1) * (1 - side),
      top: generator.uniform(in: 0...1) * (1 - side),
      gain: generator.uniform(in: gain), bias: generator.uniform(in: bias),
      blurDeviation: generator.uniform(in: blurDeviation),
      isMirrored: mirrors && Bool.random(using: &generator))
  }
}

extension Augmentation.Draw {
  /// Writes the changed frame of a cube, [height, width, channels], 0…1.
  func apply(
    to bytes: UnsafeBufferPointer<UInt8>, shape: CubeShape, into result: UnsafeMutableBufferPointer<Float>
  ) {
    if side == 1 {
      copy(bytes, into: result)
    } else {
      crop(bytes, shape: shape, into: result)
    }
    blur(result, shape: shape)
    if isMirrored { mirror(result, shape: shape) }
  }

  private func light(_ value: Float) -> Float { min(1, max(0, value * (gain / 255) + bias)) }

  private func copy(_ bytes: UnsafeBufferPointer<UInt8>, into result: UnsafeMutableBufferPointer<Float>) {
    for i in bytes.indices { result[i] = light(Float(bytes[i])) }
  }

  /// Bilinear, with pixel centres at half steps.
  private func crop(
    _ bytes: UnsafeBufferPointer<UInt8>, shape: CubeShape, into result: UnsafeMutableBufferPointer<Float>
  ) {
    let (width, height, channels) = (shape.width, shape.height, shape.content.channels)
    let columns = (0..<width).map { taps(at: $0, from: left, size: width) }
    for y in 0..<height {
      let row = taps(at: y, from: top, size: height)
      let (above, below) = (row.first * width, row.second * width)
      for x in 0..<width {
        let c = columns[x]
        for channel in 0..<channels {
          func value(_ line: Int, _ column: Int) -> Float {
            Float(bytes[(line + column) * channels + channel])
          }
          let upper = value(above, c.first) * (1 - c.share) + value(above, c.second) * c.share
          let lower = value(below, c.first) * (1 - c.share) + value(below, c.second) * c.share
          result[(y * width + x) * channels + channel] = light(upper * (1 - row.share) + lower * row.share)
        }
      }
    }
  }

  private func taps(at index: Int, from start: Float, size: Int) -> (first: Int, second: Int, share: Float) {
    let position = start * Float(size) + (Float(index) + 0.5) * side - 0.5
    let clamped = min(Float(size - 1), max(0, position))
    let first = Int(clamped)
    return (first, min(size - 1, first + 1), clamped - Float(first))
  }

  /// A separable Gaussian; edges repeat.
  private func blur(_ picture: UnsafeMutableBufferPointer<Float>, shape: CubeShape) {
    guard blurDeviation > 0.2 else { return }
    let (width, height, channels) = (shape.width, shape.height, shape.content.channels)
    let radius = Int((2.5 * blurDeviation).rounded(.up))
    let raw = (-radius...radius).map { exp(-Float($0 * $0) / (2 * blurDeviation * blurDeviation)) }
    let kernel = raw.map { $0 / raw.reduce(0, +) }
    var line = [Float](repeating: 0, count: max(width, height) + 2 * radius)
    func pass(count: Int, stride: Int, start: Int) {
      for i in 0..<count + 2 * radius {
        line[i] = picture[start + min(count - 1, max(0, i - radius)) * stride]
      }
      for i in 0..<count {
        var sum: Float = 0
        for k in kernel.indices { sum += kernel[k] * line[i + k] }
        picture[start + i * stride] = min(1, sum)
      }
    }
    for channel in 0..<channels {
      for y in 0..<height { pass(count: width, stride: channels, start: y * width * channels + channel) }
      for x in 0..<width { pass(count: height, stride: width * channels, start: x * channels + channel) }
    }
  }

  /// Left and right change places, and with them the direction of what moves along a line.
  private func mirror(_ frame: UnsafeMutableBufferPointer<Float>, shape: CubeShape) {
    let (width, channels) = (shape.width, shape.content.channels)
    for y in 0..<shape.height {
      let line = y * width
      for x in 0..<width / 2 {
        for channel in 0..<channels {
          frame.swapAt((line + x) * channels + channel, (line + width - 1 - x) * channels + channel)
        }
      }
    }
    guard shape.content == .motion else { return }
    for x in stride(from: 0, to: frame.count, by: channels) { frame[x] = EncodedMotion.opposite(frame[x]) }
  }
}
