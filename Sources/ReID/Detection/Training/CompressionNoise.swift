import Decode
import Foundation

/// What is lost in compression: the cosine transform of every block of 8×8 pixels is rounded, as JPEG does, the coarser the
/// higher the frequency.
struct CompressionNoise {
  /// The orthonormal transform, frequency by position.
  private static let cosines: [Float] = (0..<64).map { i in
    let (frequency, position) = (Double(i / 8), Double(i % 8))
    let scale = frequency == 0 ? 0.125.squareRoot() : 0.5
    return Float(scale * cos((position + 0.5) * frequency * .pi / 8))
  }

  /// The grain of the lowest frequency is 0.3 of this, in steps of a pixel's value.
  let step: Float

  /// Changes the whole blocks of a canvas in place, each colour for itself.
  func apply(to canvas: inout Canvas) {
    let rowBytes = 3 * canvas.size.width
    var block = [Float](repeating: 0, count: 64)
    for y in stride(from: 0, to: canvas.size.height - 7, by: 8) {
      for x in stride(from: 0, to: rowBytes - 23, by: 24) {
        for start in y * rowBytes + x..<y * rowBytes + x + 3 {
          for i in 0..<64 { block[i] = Float(canvas.pixels[start + i / 8 * rowBytes + i % 8 * 3]) }
          round(&block)
          for i in 0..<64 {
            canvas.pixels[start + i / 8 * rowBytes + i % 8 * 3] = UInt8(min(255, max(0, block[i])))
          }
        }
      }
    }
  }

  private func round(_ block: inout [Float]) {
    block = along(along(block, inverse: false), inverse: false)
    for i in 0..<64 {
      let quantum = step * (0.3 + 0.35 * Float(i / 8 + i % 8))
      block[i] = (block[i] / quantum).rounded() * quantum
    }
    block = along(along(block, inverse: true), inverse: true)
  }

  /// Transforms the rows and turns them into columns: applied twice, both axes.
  private func along(_ block: [Float], inverse: Bool) -> [Float] {
    [Float](unsafeUninitializedCapacity: 64) { made, count in
      Self.cosines.withUnsafeBufferPointer { cosines in
        for row in 0..<8 {
          for k in 0..<8 {
            var sum: Float = 0
            for n in 0..<8 { sum += block[row * 8 + n] * cosines[inverse ? n * 8 + k : k * 8 + n] }
            made[k * 8 + row] = sum
          }
        }
      }
      count = 64
    }
  }
}
