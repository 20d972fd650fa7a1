import CKernels
import Testing

@testable import Network

/// Our own kernels against oneDNN's, over sizes that leave remainders in every loop.
@Suite struct KernelTests {
  struct Case: CustomTestStringConvertible {
    let input: Shape
    let outputChannels: Int
    var kernel = Extent(depth: 3, height: 3, width: 3)
    var stride = Extent(depth: 1, height: 1, width: 1)
    var padding = Extent(depth: 1, height: 1, width: 1)

    var geometry: ConvolutionGeometry {
      let s = input.sizes
      func size(_ i: Int, _ k: Int, _ s: Int, _ p: Int) -> Int { (i + 2 * p - k) / s + 1 }
      return ConvolutionGeometry(
        input: input,
        output: [
          s[0], size(s[1], kernel.depth, stride.depth, padding.depth),
          size(s[2], kernel.height, stride.height, padding.height),
          size(s[3], kernel.width, stride.width, padding.width), outputChannels,
        ], kernel: kernel, stride: stride, padding: padding)
    }
    var testDescription: String { "\(input) to \(outputChannels)" }
  }

  static let cases: [Case] = [
    Case(input: [1, 2, 5, 19, 1], outputChannels: 32),
    Case(input: [2, 3, 4, 13, 2], outputChannels: 48),
    Case(input: [1, 3, 4, 21, 32], outputChannels: 48),
    Case(input: [1, 2, 3, 8, 48], outputChannels: 64),
    Case(input: [1, 4, 6, 10, 32], outputChannels: 64, stride: Extent(depth: 2, height: 2, width: 2)),
    Case(
      input: [2, 1, 9, 7, 24], outputChannels: 16, kernel: Extent(depth: 1, height: 1, width: 1),
      padding: Extent(depth: 0, height: 0, width: 0)),
    Case(
      input: [1, 1, 12, 17, 3], outputChannels: 80, kernel: Extent(depth: 1, height: 5, width: 7),
      stride: Extent(depth: 1, height: 2, width: 3), padding: Extent(depth: 0, height: 2, width: 3)),
    Case(input: [1, 2, 4, 37, 16], outputChannels: 1),
    Case(input: [1, 1, 1, 1, 16], outputChannels: 16),
    Case(input: [2, 3, 39, 9, 16], outputChannels: 1),
    Case(
      input: [1, 2, 20, 23, 32], outputChannels: 1, kernel: Extent(depth: 1, height: 5, width: 3),
      padding: Extent(depth: 0, height: 2, width: 1)),
    // One channel, but not three taps in width.
    Case(
      input: [1, 2, 20, 23, 32], outputChannels: 1, kernel: Extent(depth: 1, height: 5, width: 5),
      padding: Extent(depth: 0, height: 2, width: 2)),
    Case(
      input: [1, 2, 6, 7, 16], outputChannels: 1, kernel: Extent(depth: 1, height: 1, width: 1),
      padding: Extent(depth: 0, height: 1, width: 1)),
    // More rows of taps than a vector has columns, over strips of a hundred rows.
    Case(
      input: [1, 4, 203, 5, 16], outputChannels: 1, kernel: Extent(depth: 3, height: 7, width: 3),
      padding: Extent(depth: 1, height: 3, width: 1)),
    Case(
      input: [1, 2, 6, 3, 16], outputChannels: 1, kernel: Extent(depth: 1, height: 1, width: 3),
      padding: Extent(depth: 0, height: 1, width: 2)),
    // One tile that sees beyond the row on both sides.
    Case(input: [1, 1, 2, 1, 16], outputChannels: 1),
    Case(
      input: [1, 4, 8, 9, 32], outputChannels: 1, padding: Extent(depth: 0, height: 0, width: 0)),
    Case(input: [1, 3, 4, 6, 256], outputChannels: 112),
    // Rows that are joined, all of them or in parts.
    Case(
      input: [3, 1, 36, 14, 24], outputChannels: 64, kernel: Extent(depth: 1, height: 1, width: 1),
      padding: Extent(depth: 0, height: 0, width: 0)),
    Case(
      input: [40, 1, 9, 4, 16], outputChannels: 48, kernel: Extent(depth: 1, height: 1, width: 1),
      padding: Extent(depth: 0, height: 0, width: 0)),
    // Rows shorter than two tiles.
    Case(
      input: [2, 1, 18, 7, 64], outputChannels: 64, kernel: Extent(depth: 1, height: 3, width: 3),
      padding: Extent(depth: 0, height: 1, width: 1)),
    Case(
      input: [1, 1, 9, 14, 128], outputChannels: 32, kernel: Extent(depth: 1, height: 3, width: 3),
      stride: Extent(depth: 1, height: 2, width: 2), padding: Extent(depth: 0, height: 1, width: 1)),
    // So many short rows that their gradients are summed in full groups.
    Case(input: [1, 4, 40, 5, 16], outputChannels: 16),
    Case(
      input: [2, 1, 80, 9, 16], outputChannels: 32, kernel: Extent(depth: 1, height: 3, width: 3),
      stride: Extent(depth: 1, height: 2, width: 2), padding: Extent(depth: 0, height: 1, width: 1)),
  ]

  /// Single taps of 1 to 7 input channels and of 51, whose gradients are summed in tiles of every width that there is.
  static let columnCases = [1, 2, 3, 4, 5, 6, 7, 51].map { channels in
    Case(
      input: [2, 1, 9, 7, channels], outputChannels: 48, kernel: Extent(depth: 1, height: 1, width: 1),
      padding: Extent(depth: 0, height: 0, width: 0))
  }

  /// Rows of 1 to 30 positions, which are cut into tiles of every height that there is.
  static let widthCases = (1...30).flatMap { width in
    [16, 32, 48].map { channels in
      Case(
        input: [1, 1, 2, width, 16], outputChannels: channels, kernel: Extent(depth: 1, height: 3, width: 3),
        padding: Extent(depth: 0, height: 1, width: 1))
    }
  }

  private func random(_ count: Int, seed: UInt64) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return Tensor([count], (0..<count).map { _ in generator.uniform(in: -1...1) })
  }

  private func expectClose(_ a: Tensor, _ b: Tensor, _ what: String) {
    #expect(a.count == b.count)
    #expect(a.values.allSatisfy { $0.isFinite }, "\(what)")
    let scale = b.values.reduce(1) { max($0, abs($1)) }
    let worst = zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(worst <= 2e-5 * scale, "\(what): \(worst) of \(scale)")
  }

  @Test(arguments: widthCases) func rowsOfAnyLengthAgreeWithOneDNN(_ c: Case) throws {
    try agreeWithOneDNN(c, threads: 1)
  }

  @Test(arguments: cases + columnCases, [1, 2, 3]) func agreeWithOneDNN(_ c: Case, threads: Int) throws {
    let (ours, theirs, compute) = (ConvolutionKernels(), ConvolutionKernels(), Compute(threads: threads))
    theirs.usesOneDNNOnly = true
    let g = c.geometry
    let (x, w) = (random(g.input.count, seed: 1), random(g.weightCount, seed: 2))
    let (gy, shift) = (random(g.output.count, seed: 3), random(c.outputChannels, seed: 4))
    let epilogue = ConvolutionKernels.Epilogue(shift: shift, slope: 0.3)
    let y = try ours.convolve(g, x, w, epilogue, on: compute)
    expectClose(y, try theirs.convolve(g, x, w, epilogue, on: compute), "forward")
    #expect(try y.values == ours.convolve(g, x, w, epilogue, on: .oneThread).values)
    expectClose(
      try ours.weightGradient(g, x, gy, on: compute), try theirs.weightGradient(g, x, gy, on: compute),
      "weight gradient")
    expectClose(
      try ours.convolveTransposed(g, gy, w, on: compute),
      try theirs.convolveTransposed(g, gy, w, on: compute),
      "adjoint")
  }

  /// Tiles that leave the picture, short rows, parts in depth, one channel block and many.
  static let winogradCases = [
    Case(
      input: [2, 1, 9, 7, 16], outputChannels: 16, kernel: Extent(depth: 1, height: 3, width: 3),
      padding: Extent(depth: 0, height: 1, width: 1)),
    Case(
      input: [3, 1, 18, 14, 64], outputChannels: 128, kernel: Extent(depth: 1, height: 3, width: 3),
      padding: Extent(depth: 0, height: 1, width: 1)),
    Case(
      input: [2, 4, 16, 12, 32], outputChannels: 48, kernel: Extent(depth: 3, height: 3, width: 3),
      padding: Extent(depth: 1, height: 1, width: 1)),
    Case(
      input: [1, 5, 8, 32, 16], outputChannels: 32, kernel: Extent(depth: 3, height: 3, width: 3),
      padding: Extent(depth: 0, height: 0, width: 0)),
    Case(
      input: [1, 3, 10, 9, 16], outputChannels: 16, kernel: Extent(depth: 3, height: 3, width: 3),
      padding: Extent(depth: 2, height: 2, width: 2)),
    // One tile that sees beyond the picture on all sides, and tiles that hold two rows or one column of it.
    Case(
      input: [1, 1, 4, 4, 16], outputChannels: 16, kernel: Extent(depth: 1, height: 3, width: 3),
      padding: Extent(depth: 0, height: 1, width: 1)),
    Case(
      input: [1, 2, 6, 5, 32], outputChannels: 16, kernel: Extent(depth: 3, height: 3, width: 3),
      padding: Extent(depth: 1, height: 1, width: 1)),
  ]

  @Test(arguments: winogradCases, [1, 2, 3]) func winogradAgreesWithOneDNN(_ c: Case, threads: Int) throws {
    let (theirs, compute) = (ConvolutionKernels(), Compute(threads: threads))
    theirs.usesOneDNNOnly = true
    let g = c.geometry
    let (x, w) = (random(g.input.count, seed: 1), random(g.weightCount, seed: 2))
    let epilogue = ConvolutionKernels.Epilogue(shift: random(c.outputChannels, seed: 4), slope: 0.3)
    let one = Extent(depth: 1, height: 1, width: 1)
    let y = try convolveByWinograd(g, x, w, epilogue, window: one, threads: threads)
    expectClose(y, try theirs.convolve(g, x, w, epilogue, on: compute), "Winograd")
    #expect(try y.values == convolveByWinograd(g, x, w, epilogue, window: one, threads: 1).values)
  }

  private func convolveByWinograd(
    _ geometry: ConvolutionGeometry, _ x: Tensor, _ w: Tensor, _ epilogue: ConvolutionKernels.Epilogue,
    window: Extent, threads: Int
  ) throws -> Tensor {
    var g = geometry.forKernels
    let weights = try #require(WinogradWeights()(g, w, window: window))
    let y = Tensor(uninitialized: [geometry.output.count / window.product])
    #expect(
      ck_winograd(
        &g, x.pointer, weights.pointer, epilogue.forKernels, window.forKernels, y.pointer, Int32(threads))
        == 0)
    return y
  }

  private static func doubling(
    _ input: Shape, from channels: Int, kernelDepth: Int = 3, strideDepth: Int = 2
  ) -> Case {
    Case(
      input: input, outputChannels: channels, kernel: Extent(depth: kernelDepth, height: 3, width: 3),
      stride: Extent(depth: strideDepth, height: 2, width: 2),
      padding: Extent(depth: kernelDepth / 2, height: 1, width: 1))
  }

  private static func plane(_ side: Int, taps: (Int, Int), stride: Int, padding: (Int, Int)) -> Case {
    Case(
      input: [1, 2, side, side, 16], outputChannels: 16,
      kernel: Extent(depth: 1, height: taps.0, width: taps.1),
      stride: Extent(depth: 1, height: stride, width: stride),
      padding: Extent(depth: 0, height: padding.0, width: padding.1))
  }

  /// One position, tiles that leave the picture at the right and below, several parts, the last of which is smaller, and each way
  /// in depth.
  static let transposedCases = [
    doubling([1, 2, 2, 2, 16], from: 16),
    doubling([1, 8, 10, 6, 32], from: 16),
    doubling([2, 4, 36, 20, 48], from: 32),
    doubling([1, 3, 8, 12, 16], from: 32, strideDepth: 1),
    doubling([3, 1, 60, 36, 16], from: 48, kernelDepth: 1, strideDepth: 1),
  ]

  @Test(arguments: transposedCases, [1, 2, 3])
  func transposedWinogradAgreesWithOneDNN(_ c: Case, threads: Int) throws {
    let theirs = ConvolutionKernels()
    theirs.usesOneDNNOnly = true
    let g = c.geometry
    let (x, w) = (random(g.output.count, seed: 1), random(g.weightCount, seed: 2))
    let epilogue = ConvolutionKernels.Epilogue(shift: random(g.inputChannels, seed: 4), slope: 0.3)
    let y = try convolveTransposedByWinograd(g, x, w, epilogue, threads: threads)
    expectClose(
      y, try theirs.convolveTransposed(g, x, w, epilogue, on: Compute(threads: threads)),
      "adjoint by Winograd")
    #expect(try y.values == convolveTransposedByWinograd(g, x, w, epilogue, threads: 1).values)
  }

  /// As of convolutions: in training, where there is enough to do.
  @Test(arguments: [
    (batch: 3, isTraining: true), (batch: 3, isTraining: false), (batch: 1, isTraining: true),
  ])
  func transposedWinogradIsForTrainingOnMuch(_ c: (batch: Int, isTraining: Bool)) throws {
    let g = Self.doubling([c.batch, 1, 32, 34, 16], from: 16, kernelDepth: 1, strideDepth: 1).geometry
    let (x, w) = (random(g.output.count, seed: 1), random(g.weightCount, seed: 2))
    let y = try ConvolutionKernels().convolveTransposed(
      g, x, w, isTraining: c.isTraining, on: .oneThread)
    let isMuch = c.isTraining && c.batch == 3
    #expect(try isMuch == (y.values == convolveTransposedByWinograd(g, x, w, .init(), threads: 1).values))
  }

  private func convolveTransposedByWinograd(
    _ geometry: ConvolutionGeometry, _ x: Tensor, _ w: Tensor, _ epilogue: ConvolutionKernels.Epilogue,
    threads: Int
  ) throws -> Tensor {
    var g = geometry.forKernels
    let weights = try #require(WinogradWeights().transposed(g, w))
    let y = Tensor(uninitialized: geometry.input)
    #expect(
      ck_winograd_transposed(
        &g, x.pointer, weights.pointer, epilogue.forKernels, y.pointer, Int32(threads)) == 0)
    return y
  }

  /// Sizes that are not doubled, channels that fill no vector, and other taps, strides and borders that do double.
  @Test(arguments: [
    doubling([1, 2, 7, 8, 16], from: 16), doubling([1, 2, 8, 7, 16], from: 16),
    doubling([1, 2, 8, 8, 24], from: 16), doubling([1, 2, 8, 8, 16], from: 8),
    plane(8, taps: (4, 4), stride: 2, padding: (1, 1)), plane(8, taps: (3, 2), stride: 2, padding: (1, 0)),
    plane(8, taps: (5, 3), stride: 2, padding: (2, 1)), plane(4, taps: (3, 3), stride: 3, padding: (1, 1)),
  ])
  func transposedWinogradIsForDoublingOnly(_ c: Case) {
    var g = c.geometry.forKernels
    #expect(ck_carries_winograd_transposed(&g) == 0)
  }

  /// Enough positions to be worth it, a border of the adjoint that differs from the convolution's, and taps in depth.
  static let trainingCases = [
    Case(
      input: [3, 1, 18, 14, 64], outputChannels: 32, kernel: Extent(depth: 1, height: 3, width: 3),
      padding: Extent(depth: 0, height: 1, width: 1)),
    Case(
      input: [2, 4, 22, 17, 16], outputChannels: 32, kernel: Extent(depth: 3, height: 3, width: 3),
      padding: Extent(depth: 0, height: 0, width: 1)),
  ]

  @Test(arguments: trainingCases) func trainingGoesThroughWinogradBothWays(_ c: Case) throws {
    let (ours, theirs, compute) = (ConvolutionKernels(), ConvolutionKernels(), Compute(threads: 2))
    theirs.usesOneDNNOnly = true
    let (g, one) = (c.geometry, Extent(depth: 1, height: 1, width: 1))
    let (x, w) = (random(g.input.count, seed: 1), random(g.weightCount, seed: 2))
    let epilogue = ConvolutionKernels.Epilogue(shift: random(c.outputChannels, seed: 4), slope: 1)
    let y = try ours.convolve(g, x, w, epilogue, isTraining: true, on: compute)
    expectClose(y, try theirs.convolve(g, x, w, epilogue, on: compute), "forward")
    #expect(try y.values == convolveByWinograd(g, x, w, epilogue, window: one, threads: 1).values)

    let gy = random(g.output.count, seed: 3)
    let turned = transposeTaps(w, taps: g.kernel.product, rows: g.inputChannels, columns: g.outputChannels)
    let gx = try ours.convolveTransposed(g, gy, turned, isTraining: true, on: compute)
    expectClose(gx, try theirs.convolveTransposed(g, gy, turned, on: compute), "input gradient")
    let reversed = Tensor(turned.shape, turned.values)
    reverseTaps(reversed, taps: g.kernel.product)
    let again = try convolveByWinograd(
      g.withRolesExchanged, gy, reversed, .init(), window: one, threads: 1)
    #expect(gx.values == again.values)

    let gw = try ours.weightGradient(g, x, gy, on: compute)
    expectClose(gw, try theirs.weightGradient(g, x, gy, on: compute), "weight gradient")
    #expect(try gw.values == weightGradientByWinograd(g, x, gy, threads: 1).values)
  }

  /// In inference a part of a batch must give what the whole gives, however many positions there are; of few, transforming the
  /// weights would not pay.
  @Test(arguments: [(batch: 3, isTraining: false), (batch: 1, isTraining: true)])
  func winogradIsForTrainingOnMuch(_ c: (batch: Int, isTraining: Bool)) throws {
    let (kernels, compute) = (ConvolutionKernels(), Compute(threads: 1))
    let kernel = Extent(depth: 1, height: 3, width: 3)
    let g = Case(
      input: [c.batch, 1, 18, 14, 16], outputChannels: 16, kernel: kernel,
      padding: Extent(depth: 0, height: 1, width: 1)
    ).geometry
    let (x, w) = (random(g.input.count, seed: 1), random(g.weightCount, seed: 2))
    let y = try kernels.convolve(g, x, w, isTraining: c.isTraining, on: compute)
    var sizes = g.forKernels
    let direct = Tensor(uninitialized: g.output)
    let none = ConvolutionKernels.Epilogue().forKernels
    #expect(ck_convolution(&sizes, x.pointer, w.pointer, none, direct.pointer, 1) == 0)
    #expect(y.values == direct.values)
  }

  /// Tiles of several parts, the last of which is smaller; more steps in depth than one register tile sums; and inputs so large
  /// that a part has the fewest tiles.
  static let gradientCases = [
    Case(
      input: [5, 1, 60, 36, 16], outputChannels: 16, kernel: Extent(depth: 1, height: 3, width: 3),
      padding: Extent(depth: 0, height: 1, width: 1)),
    Case(
      input: [1, 18, 9, 18, 16], outputChannels: 16, kernel: Extent(depth: 3, height: 3, width: 3),
      padding: Extent(depth: 1, height: 1, width: 1)),
    Case(
      input: [2, 8, 17, 17, 64], outputChannels: 64, kernel: Extent(depth: 3, height: 3, width: 3),
      padding: Extent(depth: 1, height: 1, width: 1)),
  ]

  @Test(arguments: winogradCases + gradientCases, [1, 2, 3])
  func winogradWeightGradientAgreesWithOneDNN(_ c: Case, threads: Int) throws {
    let theirs = ConvolutionKernels()
    theirs.usesOneDNNOnly = true
    let g = c.geometry
    let (x, gy) = (random(g.input.count, seed: 1), random(g.output.count, seed: 3))
    let gw = try weightGradientByWinograd(g, x, gy, threads: threads)
    expectClose(
      gw, try theirs.weightGradient(g, x, gy, on: Compute(threads: threads)), "weight gradient by Winograd")
    #expect(try gw.values == weightGradientByWinograd(g, x, gy, threads: 1).values)
  }

  /// So that a training that diverges is found out.
  @Test(arguments: [Float.nan, .infinity], [1, 0.1] as [Float])
  func whatIsNoNumberStaysNone(_ value: Float, slope: Float) throws {
    let one = Extent(depth: 1, height: 1, width: 1)
    let g = Self.winogradCases[0].geometry
    let (x, w) = (random(g.input.count, seed: 1), random(g.weightCount, seed: 2))
    x.pointer[3 * 16 + 5] = value
    let epilogue = ConvolutionKernels.Epilogue(slope: slope)
    let direct = try ConvolutionKernels().convolve(g, x, w, epilogue, on: .oneThread)
    let winograd = try convolveByWinograd(g, x, w, epilogue, window: one, threads: 1)
    #expect(direct.values.contains { !$0.isFinite } && winograd.values.contains { !$0.isFinite })

    let doubling = Self.transposedCases[1].geometry
    let (small, taps) = (random(doubling.output.count, seed: 1), random(doubling.weightCount, seed: 2))
    small.pointer[3 * 16 + 5] = value
    let doubled = try convolveTransposedByWinograd(doubling, small, taps, epilogue, threads: 1)
    #expect(doubled.values.contains { !$0.isFinite })

    let toOne = Case(input: [1, 2, 4, 37, 16], outputChannels: 1).geometry
    let (wide, columns) = (random(toOne.input.count, seed: 1), random(toOne.weightCount, seed: 2))
    wide.pointer[3 * 16 + 5] = value
    let single = try ConvolutionKernels().convolve(toOne, wide, columns, epilogue, on: .oneThread)
    #expect(single.values.contains { !$0.isFinite })
  }

  private func weightGradientByWinograd(
    _ geometry: ConvolutionGeometry, _ x: Tensor, _ gy: Tensor, threads: Int
  ) throws -> Tensor {
    var g = geometry.forKernels
    try #require(ck_carries_winograd(&g) != 0)
    let gw = Tensor(uninitialized: [geometry.weightCount])
    #expect(ck_winograd_weight_gradient(&g, x.pointer, gy.pointer, gw.pointer, Int32(threads)) == 0)
    return gw
  }

  @Test(
    arguments: [
      Extent(depth: 2, height: 2, width: 2), Extent(depth: 1, height: 4, width: 2),
      Extent(depth: 2, height: 1, width: 1), Extent(depth: 1, height: 2, width: 2),
    ], [[16, 12], [20, 14], [4, 4], [8, 6]])
  func winogradPoolsInTheSamePass(window: Extent, size: [Int]) throws {
    let g = Case(
      input: Shape([2, 4] + size + [32]), outputChannels: 48, kernel: Extent(depth: 3, height: 3, width: 3),
      padding: Extent(depth: 1, height: 1, width: 1)
    ).geometry
    let (x, w) = (random(g.input.count, seed: 1), random(g.weightCount, seed: 2))
    let epilogue = ConvolutionKernels.Epilogue(shift: random(48, seed: 4), slope: 0.1)
    var sizes = g.forKernels
    let direct = Tensor(uninitialized: [g.output.count / window.product])
    #expect(
      ck_convolution_max_pool(
        &sizes, x.pointer, w.pointer, epilogue.forKernels, window.forKernels, direct.pointer, 2) == 0)
    expectClose(
      try convolveByWinograd(g, x, w, epilogue, window: window, threads: 2), direct, "pooled")
  }

  @Test func whatWinogradDoesNotCarryIsLeftAlone() {
    let one = Extent(depth: 1, height: 1, width: 1)
    for c in Self.cases where c.kernel.height != 3 || c.stride.height != 1 || c.input.channels % 16 != 0 {
      let g = c.geometry
      #expect(WinogradWeights()(g.forKernels, Tensor([g.weightCount]), window: one) == nil)
    }
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let g = Self.cases[2].geometry
    let (x, w) = (random(g.input.count, seed: 1), random(g.weightCount, seed: 2))
    let kernels = ConvolutionKernels()
    let one = try kernels.convolve(g, x, w, on: Compute(threads: 1))
    let two = try kernels.convolve(g, x, w, on: Compute(threads: 2))
    #expect(one.values == two.values)
    let gy = random(g.output.count, seed: 3)
    let gradients = try [1, 2, 3].map {
      try kernels.weightGradient(g, x, gy, on: Compute(threads: $0)).values
    }
    #expect(gradients.allSatisfy { $0 == gradients[0] })
  }

  @Test(arguments: [1, 2, 3, 5, 9]) func partsOfABatchGiveWhatTheWholeGives(count: Int) throws {
    var g = SeededGenerator(seed: 7)
    let trained = Sequential([
      Conv2d(inputChannels: 3, outputChannels: 16, kernelSize: 3, padding: 1, using: &g), BatchNorm(16),
      ReLU(),
      MaxPool2d(kernelSize: 3, stride: 2, roundsUp: true),
      Concatenate([
        Conv2d(inputChannels: 16, outputChannels: 32, kernelSize: 1, using: &g),
        Sequential([
          Conv2d(inputChannels: 16, outputChannels: 16, kernelSize: 3, padding: 1, using: &g), ReLU(),
        ]),
        MaxPool2d(kernelSize: 3, stride: 1, padding: (1, 1)),
      ]),
      GlobalAveragePool2d(), Linear(64, 32, using: &g),
    ])
    let network = trained.frozen()
    let x = random(count * 20 * 14 * 3, seed: 8).reshaped(to: [count, 20, 14, 3])
    let whole = try network(x, on: Compute(threads: 1))
    expectClose(whole, try trained(x, on: Compute(threads: 2)), "frozen")
    for threads in [1, 2, 4] {
      #expect(try network.inParts(x, on: Compute(threads: threads)).values == whole.values)
    }
  }

  @Test func poolingInTheSamePassChangesNothing() throws {
    var generator = SeededGenerator(seed: 5)
    let layers: [any Layer] = [
      Conv3d(inputChannels: 2, outputChannels: 48, kernelSize: 3, padding: 1, using: &generator),
      BatchNorm(48),
      LeakyReLU(0.2), MaxPool3d(kernelSize: 2),
    ]
    let network = Sequential(layers)
    let compute = Compute(threads: 2)
    let x = random(2 * 4 * 6 * 10 * 2, seed: 6).reshaped(to: [2, 4, 6, 10, 2])
    for _ in 0..<20 { _ = try network.forward(x, on: compute) }
    expectClose(try network.frozen()(x, on: compute), try network(x, on: compute), "frozen")
  }
}
