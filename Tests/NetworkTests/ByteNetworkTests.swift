import CKernels
import Testing

@testable import Network

/// Networks of branches over pictures in 8-bit integers, against the same in floats and against sums in plain loops.
@Suite struct ByteNetworkTests {
  private func random(_ shape: Shape, seed: UInt64) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return Tensor(shape, (0..<shape.count).map { _ in generator.uniform(in: -1...1) })
  }

  /// Every kind of stage: a first layer of three channels, pooling that rounds up and that pads, strides, branches that end in
  /// each kind.
  private func network() -> FrozenSequential {
    var g = SeededGenerator(seed: 7)
    return Sequential([
      Conv2d(inputChannels: 3, outputChannels: 16, kernelSize: 3, padding: 1, using: &g), ReLU(),
      MaxPool2d(kernelSize: 2),
      Concatenate([
        Sequential([Conv2d(inputChannels: 16, outputChannels: 32, kernelSize: 1, using: &g), ReLU()]),
        Sequential([
          AveragePool2d(kernelSize: (3, 3), stride: 1, padding: 1),
          Conv2d(inputChannels: 16, outputChannels: 16, kernelSize: 1, using: &g), ReLU(),
        ]),
        MaxPool2d(kernelSize: 3, stride: 1, padding: (1, 1)),
        Sequential([
          Conv2d(inputChannels: 16, outputChannels: 16, kernelSize: 3, padding: 1, using: &g), ReLU(),
        ]),
      ]),
      Concatenate([
        Sequential([
          Conv2d(inputChannels: 80, outputChannels: 48, kernelSize: 3, stride: 2, padding: 1, using: &g),
          ReLU(),
        ]),
        MaxPool2d(kernelSize: 3, stride: 2, padding: (0, 1), roundsUp: true),
      ]),
      GlobalAveragePool2d(), Linear(128, 32, using: &g),
    ]).frozen()
  }

  @Test(arguments: [1, 2, 3, 5]) func comesCloseToFloats(count: Int) throws {
    let (network, x, compute) = (network(), random([count, 20, 14, 3], seed: 8), Compute(threads: 2))
    let bytes = try ByteNetwork(network, ranges: ByteNetwork.ranges(of: network, on: x, compute: compute))
    let (exact, found) = (try network(x, on: compute).values, try bytes(x, on: compute).values)
    func length(_ v: [Float]) -> Float { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    #expect(length(zip(exact, found).map { $0 - $1 }) < 0.02 * length(exact))
    for threads in [1, 2, 4] { #expect(try bytes(x, on: Compute(threads: threads)).values == found) }
  }

  private func twoConvolutions(slope: Float) -> Sequential {
    var g = SeededGenerator(seed: 7)
    return Sequential([
      Conv2d(inputChannels: 3, outputChannels: 16, kernelSize: 3, padding: 1, using: &g),
      LeakyReLU(slope),
      Conv2d(inputChannels: 16, outputChannels: 16, kernelSize: 3, padding: 1, using: &g),
      LeakyReLU(slope),
      GlobalAveragePool2d(), Linear(16, 4, using: &g),
    ])
  }

  /// The largest weights side by side over the brightest pictures: what their products come to must not overflow in any kernel.
  @Test(arguments: [Float(0.1), -0.1]) func equalWeightsComeCloseToFloats(weight: Float) throws {
    let network = twoConvolutions(slope: 0.5)
    for (name, parameter) in network.namedParameters(prefix: "") where name.hasSuffix("weight") {
      parameter.value.withUnsafeMutableBufferPointer { $0.update(repeating: weight) }
    }
    let (frozen, compute) = (network.frozen(), Compute(threads: 1))
    let x = Tensor([1, 10, 8, 3], repeating: 1)
    let bytes = try ByteNetwork(frozen, ranges: ByteNetwork.ranges(of: frozen, on: x, compute: compute))
    for (exact, found) in zip(try frozen(x, on: compute).values, try bytes(x, on: compute).values) {
      #expect(abs(exact - found) < Float(0.02) * abs(exact), "\(found) in place of \(exact)")
    }
  }

  /// Channels that weights say nothing of, as batch normalisation leaves them.
  @Test(arguments: [Float(0), 1e-30]) func shiftsOutliveTheirWeights(weight: Float) throws {
    let network = twoConvolutions(slope: 0.2)
    for (name, parameter) in network.namedParameters(prefix: "") where name.hasPrefix("0.") {
      parameter.value.withUnsafeMutableBufferPointer { values in
        for i in values.indices { values[i] = name == "0.bias" ? (i % 2 == 0 ? 0.5 : -0.5) : weight }
      }
    }
    let (frozen, compute) = (network.frozen(), Compute(threads: 1))
    let x = Tensor([1, 10, 8, 3], repeating: 1)
    let bytes = try ByteNetwork(frozen, ranges: ByteNetwork.ranges(of: frozen, on: x, compute: compute))
    let exact = try frozen(x, on: compute).values
    let greatest = exact.reduce(0) { max($0, abs($1)) }
    for (exact, found) in zip(exact, try bytes(x, on: compute).values) {
      #expect(abs(exact - found) < Float(0.02) * greatest, "\(found) in place of \(exact)")
    }
  }

  /// Each number of a file can be finite, and what they make together is not.
  @Test(arguments: [Float(2e36), -2e36, 3e38]) func normalisationBeyondFloatsIsHeld(gain: Float) throws {
    var g = SeededGenerator(seed: 7)
    let network = Sequential([
      Conv2d(inputChannels: 3, outputChannels: 16, kernelSize: 3, padding: 1, using: &g),
      BatchNorm(16),
      ReLU(), GlobalAveragePool2d(), Linear(16, 4, using: &g),
    ])
    for (name, parameter) in network.namedParameters(prefix: "") where name.hasPrefix("1.") {
      parameter.value.withUnsafeMutableBufferPointer {
        $0.update(repeating: name == "1.running_var" ? 0 : gain)
      }
    }
    let range = ActivationRange(lowest: -1, highest: 1)
    let bytes = try ByteNetwork(network.frozen(), ranges: [range, range])
    let found = try bytes(Tensor([1, 10, 8, 3], repeating: 1), on: Compute(threads: 1)).values
    #expect(found.count == 4 && found.allSatisfy(\.isFinite))
  }

  @Test func pictureByPictureGivesTheSame() throws {
    let (network, x, compute) = (network(), random([3, 20, 14, 3], seed: 8), Compute(threads: 1))
    let bytes = try ByteNetwork(network, ranges: ByteNetwork.ranges(of: network, on: x, compute: compute))
    let each = try (0..<3).map { try bytes(x.batch($0..<$0 + 1), on: compute).values }
    #expect(try bytes(x, on: compute).values == each.flatMap(\.self))
  }

  @Test func rangesUnite() throws {
    let (network, compute) = (network(), Compute(threads: 1))
    let small = try ByteNetwork.ranges(
      of: network, on: Tensor([1, 20, 14, 3], repeating: 0.1), compute: compute)
    let x = random([2, 20, 14, 3], seed: 3)
    let both = try ByteNetwork.ranges(of: network, on: x, uniting: small, compute: compute)
    let alone = try ByteNetwork.ranges(of: network, on: x, compute: compute)
    #expect(both.count == 6)
    for (both, (small, alone)) in zip(both, zip(small, alone)) {
      #expect(both.highest == max(small.highest, alone.highest))
      #expect(both.lowest == min(small.lowest, alone.lowest))
    }
  }

  @Test func otherRangesAreRefused() throws {
    let (network, compute) = (network(), Compute(threads: 1))
    let ranges = try ByteNetwork.ranges(of: network, on: random([1, 20, 14, 3], seed: 3), compute: compute)
    for wrong in [[], Array(ranges.dropLast()), ranges + [ranges[0]]] {
      #expect(throws: NetworkError.self) { try ByteNetwork(network, ranges: wrong) }
    }
    let nan = ActivationRange(lowest: 0, highest: .infinity)
    #expect(throws: NetworkError.self) { try ByteNetwork(network, ranges: [nan] + ranges.dropFirst()) }
    #expect(throws: NetworkError.self) {
      try ByteNetwork(Sequential([ReLU()]).frozen(), ranges: [ranges[0]])
    }
  }

  @Test(arguments: [16, 5, 64, 70]) func poolingIsExact(channels: Int) {
    let (count, height, width, zero) = (2, 5, 4, 9)
    var generator = SeededGenerator(seed: 5)
    let rows = count * height
    var x = [UInt8](repeating: UInt8(zero), count: rows * (width + 2) * channels)
    for row in 0..<rows {
      for i in channels..<(width + 1) * channels {
        x[row * (width + 2) * channels + i] = UInt8.random(in: 0...255, using: &generator)
      }
    }
    func value(_ n: Int, _ h: Int, _ w: Int, _ c: Int) -> Int? {
      guard (0..<height).contains(h), (0..<width).contains(w) else { return nil }
      return Int(x[((n * height + h) * (width + 2) + 1 + w) * channels + c])
    }
    // Windows of 3×3 that start at -1, so that one lies in the padding in part.
    var g = ConvolutionGeometry(
      input: [1, count, height, width, channels], output: [1, count, 3, 2, channels],
      kernel: Extent(depth: 1, height: 3, width: 3), stride: Extent(depth: 1, height: 2, width: 2),
      padding: Extent(depth: 0, height: 1, width: 1)
    ).forKernels
    g.out_stride = Int64(channels + 3)
    var (largest, mapped, mean) = (
      [UInt8](repeating: 0, count: count * 3 * 4 * (channels + 3)), [UInt8](), [UInt8]()
    )
    (mapped, mean) = (largest, largest)
    ck_byte_max_pool(&g, x, 1, 7, 7, &largest, 2)
    ck_byte_max_pool(&g, x, 2, Int32(zero), 7, &mapped, 1)
    #expect(ck_carries_byte_average_pool(&g) == 1)
    #expect(ck_byte_average_pool(&g, x, Int32(zero), &mean, 2) == 0)
    for (n, h) in (0..<count).flatMap({ n in (0..<3).map { (n, $0) } }) {
      for (w, c) in (-1..<3).flatMap({ w in (0..<channels).map { (w, $0) } }) {
        let at = ((n * 3 + h) * 4 + 1 + w) * (channels + 3) + c
        guard (0..<2).contains(w) else {
          #expect([largest[at], mapped[at], mean[at]] == [7, 7, UInt8(zero)])
          continue
        }
        let window = (0..<9).map { value(n, 2 * h - 1 + $0 / 3, 2 * w - 1 + $0 % 3, c) }
        let most = window.compactMap(\.self).max() ?? 0
        let sum = window.reduce(0) { $0 + ($1 ?? zero) }
        #expect(
          [Int(largest[at]), Int(mapped[at]), Int(mean[at])] == [
            most, min(255, 7 + 2 * (most - zero)), (2 * sum + 9) / 18,
          ])
      }
    }
  }
}
