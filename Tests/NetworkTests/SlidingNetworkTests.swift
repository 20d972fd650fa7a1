import Testing

@testable import Network

@Suite struct SlidingNetworkTests {
  struct Case: CustomTestStringConvertible {
    let frames: Int
    let height: Int
    let width: Int
    let hop: Int
    var testDescription: String { "\(frames)×\(height)×\(width), hop \(hop)" }
  }

  static let cases = [
    Case(frames: 8, height: 4, width: 12, hop: 4), Case(frames: 16, height: 8, width: 20, hop: 4),
    Case(frames: 16, height: 20, width: 8, hop: 4), Case(frames: 32, height: 4, width: 8, hop: 4),
    Case(frames: 24, height: 12, width: 4, hop: 8),
    // Hops that fall between the steps of the code, or leave nothing in common.
    Case(frames: 16, height: 8, width: 8, hop: 3), Case(frames: 16, height: 8, width: 8, hop: 6),
    Case(frames: 8, height: 4, width: 4, hop: 8),
  ]

  /// Two halvings, a code, two doublings and one channel out.
  private func parts(channels: Int = 16) throws -> [FrozenSequential] {
    var g = SeededGenerator(seed: 8)
    let encoder = Sequential([
      Conv3d(inputChannels: 1, outputChannels: channels, kernelSize: 3, padding: 1, bias: false, using: &g),
      BatchNorm(channels), LeakyReLU(0.2), MaxPool3d(kernelSize: 2),
      Conv3d(inputChannels: channels, outputChannels: 32, kernelSize: 3, padding: 1, using: &g),
      LeakyReLU(0.2), MaxPool3d(kernelSize: 2),
      Conv3d(inputChannels: 32, outputChannels: 48, kernelSize: 3, padding: 1, using: &g), LeakyReLU(0.2),
    ])
    let decoder = Sequential([
      ConvTranspose3d(
        inputChannels: 48, outputChannels: 32, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1,
        using: &g),
      LeakyReLU(0.2),
      ConvTranspose3d(
        inputChannels: 32, outputChannels: 16, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1,
        using: &g),
      LeakyReLU(0.2),
      Conv3d(inputChannels: 16, outputChannels: 1, kernelSize: 3, padding: 1, using: &g), Sigmoid(),
    ])
    let compute = Compute(threads: 2)
    for seed in 0..<10 { _ = try encoder.forward(cube(cases[0], seed: UInt64(seed)), on: compute) }
    return [encoder.frozen(), decoder.frozen()]
  }

  private var cases: [Case] { Self.cases }

  /// Frames `from..<from + T` of one long noise.
  private func cube(_ c: Case, from: Int = 0, seed: UInt64 = 1) -> Tensor {
    var g = SeededGenerator(seed: seed)
    let size = c.height * c.width
    let noise = (0..<(from + c.frames) * size).map { _ in g.uniform(in: 0...1) }
    return Tensor([1, c.frames, c.height, c.width, 1], Array(noise.suffix(c.frames * size)))
  }

  private func ranges(_ parts: [FrozenSequential], _ c: Case) throws -> [ActivationRange] {
    let observer = ActivationRangeObserver(parts, input: ActivationRange(lowest: 0, highest: 1))
    for seed in 1..<5 { _ = try observer.observe(cube(c, seed: UInt64(seed)), on: Compute(threads: 1)) }
    return try #require(observer.ranges)
  }

  @Test(arguments: cases, [false, true]) func slidingIsTheWholeCube(_ c: Case, inIntegers: Bool) throws {
    let parts = try parts()
    let ranges = inIntegers ? try ranges(parts, c) : nil
    let compute = Compute(threads: 2)
    let (sliding, whole) = (SlidingNetwork(parts, ranges: ranges), SlidingNetwork(parts, ranges: ranges))
    _ = try sliding(cube(c), on: compute)
    for number in 1...4 {
      let next = cube(c, from: number * c.hop)
      let found = try sliding.next(next, hop: c.hop, on: compute)
      #expect(found.shape == [1, c.hop, c.height, c.width, 1])
      #expect(
        found.values == Array(try whole(next, on: compute).values.suffix(found.count)), "cube \(number)")
    }
  }

  @Test func aCubeOfAnotherSizeStartsAnew() throws {
    let (sliding, whole) = (SlidingNetwork(try parts()), SlidingNetwork(try parts()))
    let compute = Compute(threads: 1)
    _ = try sliding(cube(cases[1]), on: compute)
    let other = cube(cases[0], from: 4)
    #expect(
      try sliding.next(other, hop: 4, on: compute).values
        == Array(whole(other, on: compute).values.suffix(4 * 48)))
  }

  @Test func aCubeThatDoesNotGoOnStartsAnew() throws {
    let (sliding, whole) = (SlidingNetwork(try parts()), SlidingNetwork(try parts()))
    let (compute, c) = (Compute(threads: 1), cases[1])
    _ = try sliding(cube(c), on: compute)
    let other = cube(c, seed: 2)
    #expect(
      try sliding.next(other, hop: c.hop, on: compute).values
        == Array(whole(other, on: compute).values.suffix(c.hop * c.height * c.width)))
  }

  @Test func inFloatsItIsTheNetwork() throws {
    let (parts, compute) = (try parts(), Compute(threads: 2))
    let x = cube(cases[1])
    let expected = try parts[1](parts[0](x, on: compute), on: compute)
    #expect(try SlidingNetwork(parts)(x, on: compute).values == expected.values)
  }

  @Test func channelsThatOnlyOneDNNCarriesSlideAsWholeCubes() throws {
    let (parts, compute) = (try parts(channels: 12), Compute(threads: 2))
    let sliding = SlidingNetwork(parts)
    _ = try sliding(cube(cases[1]), on: compute)
    let next = cube(cases[1], from: 4)
    let expected = try parts[1](parts[0](next, on: compute), on: compute).values
    let found = try sliding.next(next, hop: 4, on: compute).values
    #expect(found.count == 4 * 160)
    #expect(zip(found, expected.suffix(found.count)).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func integersAreNearFloatsAndIndependentOfThreads() throws {
    let (parts, c) = (try parts(), cases[1])
    let ranges = try ranges(parts, c)
    let x = cube(c, seed: 2)
    let floats = try SlidingNetwork(parts)(x, on: Compute(threads: 1)).values
    let integers = SlidingNetwork(parts, ranges: ranges)
    let found = try integers(x, on: Compute(threads: 1)).values
    for threads in [2, 3] { #expect(try integers(x, on: Compute(threads: threads)).values == found) }
    func deviation(_ a: [Float], _ b: [Float]) -> Float {
      (zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Float(a.count)).squareRoot()
    }
    let mean = [Float](repeating: floats.reduce(0, +) / Float(floats.count), count: floats.count)
    #expect(deviation(found, floats) < 0.05 * deviation(floats, mean), "well below what there is to tell")
    #expect(found != floats)
  }

  @Test func integersThatKernelsDoNotCarryAreRefused() throws {
    let parts = try parts(channels: 12)
    let ranges = [ActivationRange](repeating: ActivationRange(lowest: -1, highest: 1), count: 6)
    #expect(throws: NetworkError.self) {
      try SlidingNetwork(parts, ranges: ranges)(cube(cases[0]), on: Compute(threads: 1))
    }
  }

  @Test func rangesHoldZeroAndGrow() throws {
    var range = ActivationRange(lowest: 1, highest: 3)
    #expect(range == ActivationRange(lowest: 0, highest: 3))
    range.formUnion(ActivationRange(lowest: -2, highest: -1))
    #expect(range == ActivationRange(lowest: -2, highest: 3))
    #expect(range.isUsable && !ActivationRange(lowest: 0, highest: 0).isUsable)
    #expect(!ActivationRange(lowest: 0, highest: .infinity).isUsable)
  }
}
