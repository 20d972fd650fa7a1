import Decode
import Foundation
import Network

/// What cameras do to a picture: light, colour, no colour, blur, noise and compression, drawn at random.
struct PhotometricNoise {
  /// Changes the canvas in place.
  static func apply(to canvas: inout Canvas, using g: inout SeededGenerator) {
    if g.chance(0.2) { removeColour(&canvas, isInfrared: g.chance(0.4), using: &g) }
    if g.chance(0.7) { changeLight(&canvas, using: &g) }
    if g.chance(0.12) { blur(&canvas, using: &g) }
    if g.chance(0.12) { compress(&canvas, step: g.uniform(in: 8...40)) }
    if g.chance(0.15) { addNoise(&canvas, deviation: g.uniform(in: 2...12), using: &g) }
  }

  /// Gray; at night with infra-red lamps bright in the middle and dark around it.
  private static func removeColour(
    _ canvas: inout Canvas, isInfrared: Bool, using g: inout SeededGenerator
  ) {
    let (cx, cy) = (g.uniform(in: 0.3...0.7), g.uniform(in: 0.3...0.8))
    let fall = isInfrared ? g.uniform(in: 0.5...1.5) : 0
    // Cloth and skin shine in the infra-red whatever their colour: mixed otherwise than for the eye.
    let mix: SIMD3<Float> =
      isInfrared ? [g.uniform(in: 0.4...0.8), 0.3, g.uniform(in: 0...0.2)] : [0.299, 0.587, 0.114]
    let (width, height) = (canvas.size.width, canvas.size.height)
    for y in 0..<height {
      let v = Float(y) / Float(height) - cy
      for x in 0..<width {
        let u = Float(x) / Float(width) - cx
        let i = 3 * (y * width + x)
        let gray =
          (mix[0] * Float(canvas.pixels[i]) + mix[1] * Float(canvas.pixels[i + 1])
            + mix[2] * Float(canvas.pixels[i + 2])) / (1 + fall * 2 * (u * u + v * v))
        let byte = UInt8(min(255, max(0, gray)))
        for c in 0..<3 { canvas.pixels[i + c] = byte }
      }
    }
  }

  private static func changeLight(_ canvas: inout Canvas, using g: inout SeededGenerator) {
    let (gain, offset, gamma) = (g.uniform(in: 0.6...1.4), g.uniform(in: -25...25), g.uniform(in: 0.7...1.4))
    let table = (0..<3).map { _ -> [UInt8] in
      let tint = gain * g.uniform(in: 0.93...1.07)
      return (0..<256).map { UInt8(min(255, max(0, 255 * pow(Float($0) / 255, gamma) * tint + offset))) }
    }
    for i in canvas.pixels.indices { canvas.pixels[i] = table[i % 3][Int(canvas.pixels[i])] }
  }

  /// A mean along a row, a column or both: motion, or a lens out of focus.
  private static func blur(_ canvas: inout Canvas, using g: inout SeededGenerator) {
    let reach = g.chance(0.7) ? 1 : 2
    let kind = g.next() % 3
    if kind != 1 { blur(&canvas, step: 3, length: canvas.size.width, reach: reach) }
    if kind != 0 { blur(&canvas, step: 3 * canvas.size.width, length: canvas.size.height, reach: reach) }
  }

  private static func blur(_ canvas: inout Canvas, step: Int, length: Int, reach: Int) {
    let source = canvas.pixels
    let rowBytes = 3 * canvas.size.width
    for i in source.indices {
      let position = step == 3 ? i % rowBytes / 3 : i / rowBytes
      var sum = 0
      for k in -reach...reach {
        sum += Int(source[i + (min(max(position + k, 0), length - 1) - position) * step])
      }
      canvas.pixels[i] = UInt8(sum / (2 * reach + 1))
    }
  }

  private static func addNoise(_ canvas: inout Canvas, deviation: Float, using g: inout SeededGenerator) {
    for i in stride(from: 0, to: canvas.pixels.count - 7, by: 8) {
      let bits = g.next()
      for k in 0..<8 {
        // The sum of two four-bit numbers: a triangle with deviation 6.5.
        let byte = Int(bits >> UInt64(8 * k) & 0xFF)
        let noise = Float((byte & 15) + (byte >> 4) - 15) * deviation / 6.5
        canvas.pixels[i + k] = UInt8(min(255, max(0, Float(canvas.pixels[i + k]) + noise)))
      }
    }
  }

  private static func compress(_ canvas: inout Canvas, step: Float) {
    CompressionNoise(step: step).apply(to: &canvas)
  }
}

extension SeededGenerator {
  /// True so often.
  mutating func chance(_ probability: Float) -> Bool { uniform(in: 0...1) < probability }

  /// Uniform in the logarithm.
  mutating func logUniform(in range: ClosedRange<Float>) -> Float {
    range.lowerBound * pow(range.upperBound / range.lowerBound, uniform(in: 0...1))
  }
}
