import CKernels
import Foundation
import Testing

@testable import Network

/// Convolutions in 8-bit integers against sums in plain loops, over sizes that leave remainders in every loop.
@Suite struct ByteConvolutionTests {
  /// `make test` runs once for each limit.
  @Test func theMachineIsHeldBackAsTold() {
    let names = ["baseline", "avx2", "avxvnni", "avx512vnni", "amx"]
    let limit = ProcessInfo.processInfo.environment["ANALYTICS_INSTRUCTION_SET"] ?? ""
    let best = names.firstIndex { !limit.isEmpty && $0.hasPrefix(limit) } ?? names.count - 1
    let allowed = names.prefix(through: best)
    #expect(allowed.contains(String(cString: ck_byte_instruction_set())))
    let floats = String(cString: ck_instruction_set())
    #expect(limit == "baseline" ? floats == "baseline" : ["baseline", "avx2", "avx512"].contains(floats))
    #expect(!["avx2", "avxvnni"].contains(limit) || floats != "avx512")
  }

  struct Case: CustomTestStringConvertible {
    /// [depth, height, width] and channels of what goes in.
    let input: [Int]
    let channels: (Int, Int)
    var kernel = Extent(depth: 3, height: 3, width: 3)
    var stride = 1
    var pooled = false
    var transposed = false

    var inputs: Int { input[0] * input[1] * input[2] * channels.0 }
    var weights: Int { kernel.product * channels.0 * channels.1 }

    var testDescription: String {
      "\(input), \(channels)\(pooled ? ", pooled" : "")\(transposed ? ", transposed" : "")"
    }
  }

  static let cases: [Case] = [
    Case(input: [2, 5, 19], channels: (1, 32)),
    Case(input: [4, 6, 10], channels: (1, 32), pooled: true),
    Case(input: [3, 4, 13], channels: (2, 48)),
    Case(input: [3, 4, 21], channels: (32, 48)),
    Case(input: [2, 2, 8], channels: (48, 64), pooled: true),
    Case(input: [1, 1, 1], channels: (4, 16)),
    Case(input: [1, 7, 9], channels: (5, 80), kernel: Extent(depth: 1, height: 5, width: 3)),
    Case(input: [2, 4, 6], channels: (16, 16), kernel: Extent(depth: 1, height: 1, width: 1)),
    Case(input: [3, 5, 7], channels: (8, 16), stride: 2),
    Case(input: [2, 6, 40], channels: (16, 64)),
    Case(input: [1, 7, 33], channels: (32, 32), kernel: Extent(depth: 1, height: 3, width: 3)),
    Case(input: [2, 5, 29], channels: (64, 16), kernel: Extent(depth: 1, height: 3, width: 3)),
    Case(input: [2, 5, 14], channels: (128, 112), kernel: Extent(depth: 1, height: 1, width: 1)),
    Case(input: [2, 19, 11], channels: (32, 1)),
    Case(input: [3, 3, 5], channels: (7, 1)),
    Case(input: [2, 3, 5], channels: (64, 48), transposed: true),
    Case(input: [1, 1, 9], channels: (8, 16), transposed: true),
    Case(input: [3, 4, 17], channels: (32, 32), transposed: true),
  ]

  private static let (inputZero, outputZero, slope): (Int, Int, Float) = (37, 21, 0.2)

  @Test(arguments: cases, [1, 3]) func sumsAreExact(_ c: Case, threads: Int) {
    var generator = SeededGenerator(seed: 3)
    let x = (0..<c.inputs).map { _ in Int(generator.next() % 256) }
    let w = limited((0..<c.weights).map { _ in Int8(Int(generator.next() % 255) - 127) }, c)
    expectExactSums(c, x, w, threads: threads)
  }

  /// The largest bytes there are, and weights that come to the most that fours may: ±32,640.
  @Test(arguments: cases) func sumsAtTheirLimitsAreExact(_ c: Case) {
    let x = [Int](repeating: 255, count: c.inputs)
    let w = (0..<c.weights).map { Int8($0 % c.channels.1 % 2 == 0 ? 32 : -32) }
    #expect(limited(w, c) == w && 4 * 32 == CK_LARGEST_FOUR)
    expectExactSums(c, x, w, threads: 1)
  }

  @Test(arguments: [4, 12]) func foursThatWouldStraddleTapsAreNotCarried(channels: Int) {
    var g = transposedGeometry(Case(input: [1, 1, 9], channels: (channels, 16), transposed: true))
    #expect(ck_carries_byte_transposed_convolution(&g) == 0)
  }

  private func expectExactSums(_ c: Case, _ x: [Int], _ w: [Int8], threads: Int) {
    var g = c.transposed ? transposedGeometry(c) : geometry(c)
    var generator = SeededGenerator(seed: 4)
    let shift = (0..<c.channels.1).map { _ in Int32(generator.next() % 20_000) - 10_000 }
    let (sums, shape) = c.transposed ? transposedSums(c, x, w, shift) : plainSums(c, g, x, w, shift)
    // Most of what comes of it fits a byte, so that no difference hides behind an end.
    let unit = 200 / Float(sums.reduce(1) { max($0, abs($1)) })
    let factor = (0..<c.channels.1).map { _ in unit * generator.uniform(in: 0.5...1.1) }
    let expected = c.pooled ? pooled(bytes(sums, factor), shape) : bytes(sums, factor)

    let transposed: Int32 = c.transposed ? 1 : 0
    var offsets = [Int32](repeating: 0, count: Int(ck_byte_offsets(&g, transposed)))
    let packedSize = Int(ck_packed_byte_weights(&g, transposed))
    let packed = UnsafeMutableRawPointer.allocate(byteCount: packedSize, alignment: 64)
    defer { packed.deallocate() }
    let packedBytes = packed.bindMemory(to: Int8.self, capacity: packedSize)
    ck_pack_byte_weights(&g, transposed, w, Int32(Self.inputZero), packedBytes, &offsets)
    let padded = padded(x, width: c.input[2], channels: c.channels.0)
    shift.withUnsafeBufferPointer { shift in
      factor.withUnsafeBufferPointer { factor in
        offsets.withUnsafeBufferPointer { offsets in
          var layer = ck_byte_layer(
            weights: packedBytes, offsets: offsets.baseAddress, shift: shift.baseAddress,
            factor: factor.baseAddress,
            slope: Self.slope, zero: Int32(Self.outputZero))
          if c.channels.1 == 1 {
            // A table that gives the index back.
            let table = (-300...300).map(Float.init)
            var y = [Float](repeating: .nan, count: sums.count)
            #expect(ck_carries_byte_single_channel_convolution(&g) == 1)
            #expect(
              ck_byte_single_channel_convolution(&g, padded, &layer, table, 300, &y, Int32(threads)) == 0)
            let indices = sums.map { max(-300, min(300, Float($0) * factor[0])).rounded(.toNearestOrEven) }
            #expect(y == indices)
            return
          }
          let width = c.pooled ? shape[2] / 2 : shape[2]
          var y = [UInt8](repeating: 0xee, count: expected.count / width * (width + 2) + 64)
          if c.transposed {
            #expect(ck_carries_byte_transposed_convolution(&g) == 1)
            #expect(ck_byte_transposed_convolution(&g, padded, &layer, &y, Int32(threads)) == 0)
          } else {
            #expect(ck_carries_byte_convolution(&g) == 1)
            #expect(
              ck_byte_convolution(&g, padded, &layer, c.pooled ? [2, 2, 2] : nil, &y, Int32(threads)) == 0)
          }
          let rows = self.padded(
            expected.map(Int.init), width: width, channels: c.channels.1, zero: Self.outputZero)
          #expect(y.prefix(rows.count - 64) == rows.dropLast(64))
        }
      }
    }
  }

  @Test func quantizingRoundsAndClamps() {
    let x: [Float] = [-1, -0.2, 0, 0.1, 0.26, 0.24, 100]
    var y = [UInt8](repeating: 0, count: 9)
    ck_quantize(x, 1, 7, 1, 10, 5, &y, 1)
    #expect(y == [5, 0, 3, 5, 6, 8, 7, 255, 5])
  }

  private func geometry(_ c: Case) -> ck_geometry {
    func size(_ i: Int, _ k: Int) -> Int { (i + 2 * (k / 2) - k) / c.stride + 1 }
    let k = c.kernel
    return ConvolutionGeometry(
      input: [1, c.input[0], c.input[1], c.input[2], c.channels.0],
      output: [
        1, size(c.input[0], k.depth), size(c.input[1], k.height), size(c.input[2], k.width), c.channels.1,
      ], kernel: k, stride: Extent(depth: c.stride, height: c.stride, width: c.stride),
      padding: Extent(depth: k.depth / 2, height: k.height / 2, width: k.width / 2)
    ).forKernels
  }

  /// Of the convolution with stride 2 that the case is the adjoint of.
  private func transposedGeometry(_ c: Case) -> ck_geometry {
    let s = c.input
    return ConvolutionGeometry(
      input: [1, 2 * s[0], 2 * s[1], 2 * s[2], c.channels.1], output: [1, s[0], s[1], s[2], c.channels.0],
      kernel: c.kernel, stride: Extent(depth: 2, height: 2, width: 2),
      padding: Extent(depth: 1, height: 1, width: 1)
    ).forKernels
  }

  /// The weights, [row of taps, tap and channel, output], less where those of one sign that are summed in 16 bits exceed
  /// `CK_LARGEST_FOUR`: those have just that.
  private func limited(_ w: [Int8], _ c: Case) -> [Int8] {
    let (outputs, row) = (c.channels.1, c.kernel.width * c.channels.0)
    var limited = w
    for start in stride(from: 0, to: w.count, by: row * outputs) {
      for output in 0..<outputs {
        for eight in stride(from: 0, to: row, by: 8) {
          for together in [[0, 1, 4, 5], [2, 3, 6, 7]] {
            var left = [-1: Int(CK_LARGEST_FOUR), 1: Int(CK_LARGEST_FOUR)]
            for place in together where eight + place < row {
              let i = start + (eight + place) * outputs + output
              let sign = Int(w[i]).signum()
              limited[i] = Int8(sign * min(abs(Int(w[i])), left[sign, default: 0]))
              left[sign, default: 0] -= abs(Int(limited[i]))
            }
          }
        }
      }
    }
    return limited
  }

  /// Sums of (x - zero) * w, and [depth, height, width] of the result.
  private func plainSums(_ c: Case, _ g: ck_geometry, _ x: [Int], _ w: [Int8], _ shift: [Int32]) -> (
    [Int], [Int]
  ) {
    let (i, k, inputs, outputs) = (c.input, c.kernel, c.channels.0, c.channels.1)
    let shape = [Int(g.out_depth), Int(g.out_height), Int(g.out_width)]
    var sums: [Int] = []
    for d in 0..<shape[0] {
      for h in 0..<shape[1] {
        for column in 0..<shape[2] {
          for o in 0..<outputs {
            var sum = Int(shift[o])
            for kd in 0..<k.depth {
              for kh in 0..<k.height {
                for kw in 0..<k.width {
                  let at = [
                    d * c.stride + kd - k.depth / 2, h * c.stride + kh - k.height / 2,
                    column * c.stride + kw - k.width / 2,
                  ]
                  guard zip(at, i).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
                  let from = ((at[0] * i[1] + at[1]) * i[2] + at[2]) * inputs
                  let tap = ((kd * k.height + kh) * k.width + kw) * inputs
                  for channel in 0..<inputs {
                    sum += (x[from + channel] - Self.inputZero) * Int(w[(tap + channel) * outputs + o])
                  }
                }
              }
            }
            sums.append(sum)
          }
        }
      }
    }
    return (sums, shape)
  }

  /// The same by scattering: every input adds to the outputs at 2 * i - 1 + k.
  private func transposedSums(_ c: Case, _ x: [Int], _ w: [Int8], _ shift: [Int32]) -> ([Int], [Int]) {
    let (i, k, inputs, outputs) = (c.input, c.kernel, c.channels.0, c.channels.1)
    let shape = i.map { 2 * $0 }
    var sums = (0..<shape[0] * shape[1] * shape[2]).flatMap { _ in shift.map(Int.init) }
    for d in 0..<i[0] {
      for h in 0..<i[1] {
        for column in 0..<i[2] {
          let from = ((d * i[1] + h) * i[2] + column) * inputs
          for tap in 0..<k.product {
            let at = [
              2 * d - 1 + tap / k.width / k.height, 2 * h - 1 + tap / k.width % k.height,
              2 * column - 1 + tap % k.width,
            ]
            guard zip(at, shape).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
            let to = ((at[0] * shape[1] + at[1]) * shape[2] + at[2]) * outputs
            for channel in 0..<inputs {
              for o in 0..<outputs {
                sums[to + o] +=
                  (x[from + channel] - Self.inputZero) * Int(w[(tap * inputs + channel) * outputs + o])
              }
            }
          }
        }
      }
    }
    return (sums, shape)
  }

  private func bytes(_ sums: [Int], _ factor: [Float]) -> [UInt8] {
    sums.enumerated().map { index, sum in
      let y = Float(sum) * factor[index % factor.count]
      let rectified = max(y, y * Self.slope)
      // As 1.5 · 2²³ rounds: to even once the zero is added.
      let whole = (Double(rectified) + Double(Self.outputZero)).rounded(.toNearestOrEven)
      return UInt8(max(0, min(255, whole)))
    }
  }

  private func pooled(_ y: [UInt8], _ shape: [Int]) -> [UInt8] {
    let channels = y.count / shape.reduce(1, *)
    var made: [UInt8] = []
    for d in 0..<shape[0] / 2 {
      for h in 0..<shape[1] / 2 {
        for w in 0..<shape[2] / 2 {
          for c in 0..<channels {
            made.append(
              (0..<8).map { tap in
                y[
                  (((2 * d + tap / 4) * shape[1] + 2 * h + tap / 2 % 2) * shape[2] + 2 * w + tap % 2)
                    * channels + c]
              }.max() ?? 0)
          }
        }
      }
    }
    return made
  }

  /// Rows with a border column at either side, and slack.
  private func padded(_ x: [Int], width: Int, channels: Int, zero: Int = inputZero) -> [UInt8] {
    let border = [UInt8](repeating: UInt8(zero), count: channels)
    var made: [UInt8] = []
    for row in 0..<x.count / (width * channels) {
      made += border + x[row * width * channels..<(row + 1) * width * channels].map { UInt8($0) } + border
    }
    return made + [UInt8](repeating: 0, count: 64)
  }
}
