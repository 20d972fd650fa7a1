import Network
import Testing

/// Every layer's gradients against central differences.
@Suite struct LayerGradientTests {
  private static func generator() -> SeededGenerator { SeededGenerator(seed: 3) }

  @Test(arguments: [1, 2]) func convolution(threads: Int) throws {
    var g = Self.generator()
    let layer = Conv3d(inputChannels: 3, outputChannels: 16, kernelSize: 3, padding: 1, using: &g)
    var check = GradientCheck(layer, input: [2, 3, 4, 9, 3], compute: Compute(threads: threads))
    try check.run()
  }

  @Test func convolutionOfOneChannel() throws {
    var g = Self.generator()
    var check = GradientCheck(
      Conv3d(inputChannels: 1, outputChannels: 16, kernelSize: 3, padding: 1, using: &g),
      input: [1, 3, 5, 11, 1])
    try check.run()
  }

  @Test func convolutionToOneChannel() throws {
    var g = Self.generator()
    var check = GradientCheck(
      Conv3d(inputChannels: 16, outputChannels: 1, kernelSize: 3, padding: 1, using: &g),
      input: [1, 3, 4, 19, 16])
    try check.run()
  }

  @Test func convolutionThatOneDNNCarries() throws {
    var g = Self.generator()
    var check = GradientCheck(
      Conv3d(inputChannels: 4, outputChannels: 5, kernelSize: 3, stride: 2, padding: 1, using: &g),
      input: [2, 3, 6, 8, 4])
    try check.run()
  }

  @Test func stridedConvolution2d() throws {
    var g = Self.generator()
    var check = GradientCheck(
      Conv2d(inputChannels: 16, outputChannels: 32, kernelSize: 3, stride: 2, padding: 1, using: &g),
      input: [2, 9, 7, 16])
    try check.run()
  }

  @Test func upsampling() throws {
    var check = GradientCheck(Upsample2d(), input: [2, 3, 4, 5])
    try check.run()
  }

  @Test func upsamplingRepeatsEveryPosition() throws {
    let x = Tensor([1, 1, 2, 2], [1, 2, 3, 4])
    let y = try Upsample2d()(x, on: Compute(threads: 1))
    #expect(y.shape == [1, 2, 4, 2])
    #expect(y.values == [1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4])
  }

  @Test func residual() throws {
    var g = Self.generator()
    let body: [any Layer] = [
      Conv2d(inputChannels: 16, outputChannels: 16, kernelSize: 3, padding: 1, using: &g), Sigmoid(),
    ]
    var check = GradientCheck(Residual(body), input: [1, 5, 4, 16])
    try check.run()
  }

  @Test func aFrozenResidualIsTheResidual() throws {
    var g = Self.generator()
    let layers: [any Layer] = [
      Residual([
        Conv2d(inputChannels: 16, outputChannels: 16, kernelSize: 3, padding: 1, bias: false, using: &g),
        BatchNorm(16), LeakyReLU(0.1),
      ])
    ]
    let network = Sequential(layers)
    let x = Tensor([1, 4, 6, 16], (0..<384).map { _ in g.uniform(in: -1...1) })
    let compute = Compute(threads: 1)
    for _ in 0..<3 { _ = try network.forward(x, on: compute) }
    let (plain, frozen) = (try network(x, on: compute), try network.frozen()(x, on: compute))
    #expect(plain.values != x.values)
    #expect(zip(plain.values, frozen.values).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// Layers that our kernels carry and that oneDNN does, cubes and pictures.
  @Test(arguments: [16, 10]) func frozenTransposedConvolutionsStayWhatTheyWere(channels: Int) throws {
    var g = Self.generator()
    let pictures = ConvTranspose2d(
      inputChannels: 16, outputChannels: channels, kernelSize: 3, stride: 2, bias: false, using: &g)
    let cubes = ConvTranspose3d(
      inputChannels: 16, outputChannels: channels, kernelSize: 3, stride: 2, bias: false, using: &g)
    let cases: [(any Layer, Shape)] = [(pictures, [2, 3, 5, 16]), (cubes, [1, 2, 3, 5, 16])]
    for (layer, shape) in cases {
      let network = Sequential([layer, BatchNorm(channels), LeakyReLU(0.1)])
      let x = Tensor(shape, (0..<shape.count).map { _ in g.uniform(in: -1...1) })
      let compute = Compute(threads: 1)
      for _ in 0..<3 { _ = try network.forward(x, on: compute) }
      let (plain, frozen) = (try network(x, on: compute), network.frozen())
      let before = try frozen(x, on: compute)
      #expect(before.shape == plain.shape)
      #expect(zip(plain.values, before.values).allSatisfy { abs($0 - $1) < 1e-4 })
      _ = try network.forward(x, on: compute)
      for parameter in network.namedParameters().map(\.parameter) {
        parameter.value.withUnsafeMutableBufferPointer { $0.update(repeating: 3) }
      }
      #expect(try frozen(x, on: compute).values == before.values)
    }
  }

  @Test func aResidualNeedsABodyThatKeepsTheShape() {
    var g = Self.generator()
    let layer = Residual([Conv2d(inputChannels: 16, outputChannels: 32, kernelSize: 1, using: &g)])
    #expect(throws: NetworkError.self) { try layer(Tensor([1, 2, 2, 16]), on: Compute(threads: 1)) }
  }

  @Test func pointwiseConvolution2d() throws {
    var g = Self.generator()
    var check = GradientCheck(
      Conv2d(inputChannels: 24, outputChannels: 16, kernelSize: 1, using: &g), input: [2, 5, 3, 24])
    try check.run()
  }

  @Test(arguments: [(3, 1), (4, 0)]) func transposedConvolution(kernel: Int, outputPadding: Int) throws {
    var g = Self.generator()
    var check = GradientCheck(
      ConvTranspose3d(
        inputChannels: 32, outputChannels: 16, kernelSize: kernel, stride: 2, padding: 1,
        outputPadding: outputPadding, using: &g), input: [1, 2, 3, 5, 32])
    try check.run()
  }

  @Test(arguments: [(3, 2, 0, 0), (5, 2, 1, 1), (6, 4, 0, 0)])
  func transposedConvolution2d(kernel: Int, stride: Int, padding: Int, outputPadding: Int) throws {
    var g = Self.generator()
    let layer = ConvTranspose2d(
      inputChannels: 16, outputChannels: 32, kernelSize: kernel, stride: stride, padding: padding,
      outputPadding: outputPadding, using: &g)
    let size = { ($0 - 1) * stride - 2 * padding + kernel + outputPadding }
    let y = try layer(Tensor([2, 3, 4, 16]), on: Compute(threads: 1))
    #expect(y.shape == [2, size(3), size(4), 32])
    var check = GradientCheck(layer, input: [2, 3, 4, 16])
    try check.run()
  }

  @Test func transposedConvolutionThatOneDNNCarries() throws {
    var g = Self.generator()
    var check = GradientCheck(
      ConvTranspose3d(
        inputChannels: 6, outputChannels: 3, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1, using: &g
      ),
      input: [1, 2, 3, 4, 6])
    try check.run()
  }

  @Test func batchNorm() throws {
    var check = GradientCheck(BatchNorm(5), input: [2, 3, 4, 4, 5])
    try check.run()
  }

  @Test func batchNormWithRectifier() throws {
    var check = GradientCheck(Sequential([BatchNorm(7), LeakyReLU(0.2)]), input: [2, 3, 4, 4, 7])
    try check.run(step: 2e-3, tolerance: 4e-2)
  }

  @Test func rectifiersAndSigmoid() throws {
    for layer in [LeakyReLU(0.1), ReLU(), Sigmoid()] as [any Layer] {
      var check = GradientCheck(layer, input: [4, 50])
      try check.run(step: 1e-3)
    }
  }

  @Test func pooling() throws {
    let layers: [(any Layer, Shape)] = [
      (MaxPool3d(kernelSize: 2), [2, 4, 4, 6, 3]),
      (MaxPool2d(kernelSize: 3, stride: 2, roundsUp: true), [2, 9, 8, 3]),
      (MaxPool2d(kernelSize: 3, stride: 2, padding: (0, 1), roundsUp: true), [1, 18, 7, 2]),
      (AveragePool2d(kernelSize: (3, 3), stride: 1, padding: 1), [2, 5, 6, 3]),
      (AveragePool2d(kernelSize: (9, 4)), [2, 9, 4, 5]),
      (GlobalAveragePool2d(), [2, 5, 3, 4]),
    ]
    for (layer, shape) in layers {
      var check = GradientCheck(layer, input: shape)
      try check.run(step: 1e-3)
    }
  }

  /// Channels that fill no vector, overlapping windows, and many equal values, of which the first counts.
  @Test(arguments: [1, 2, 16, 37]) func maxPoolAgainstTheDefinition(channels: Int) throws {
    var g = Self.generator()
    let (height, width) = (7, 5)
    let values = (0..<height * width * channels).map { _ in Float(Int.random(in: 0...3, using: &g)) }
    let layer = MaxPool2d(kernelSize: 3, stride: 2)
    let y = try layer.forward(Tensor([1, height, width, channels], values), on: Compute(threads: 2))
    #expect(y.shape == [1, 3, 2, channels])
    let gradient = Tensor(y.shape, (0..<y.count).map { Float($0 + 1) })
    var (largest, scattered) = ([Float](), [Float](repeating: 0, count: values.count))
    for position in 0..<6 {
      for channel in 0..<channels {
        let places = (0..<9).map { tap in
          ((position / 2 * 2 + tap / 3) * width + position % 2 * 2 + tap % 3) * channels + channel
        }
        let first = try #require(places.first { values[$0] == places.map { values[$0] }.max() })
        largest.append(values[first])
        scattered[first] += Float(position * channels + channel + 1)
      }
    }
    #expect(y.values == largest)
    let gx = try layer.backward(gradient, needsInputGradient: true, on: Compute(threads: 2))
    #expect(gx?.values == scattered)
  }

  @Test func linear() throws {
    var g = Self.generator()
    var check = GradientCheck(Linear(13, 7, using: &g), input: [5, 13])
    try check.run()
  }

  @Test func concatenate() throws {
    var g = Self.generator()
    let layer = Concatenate([
      Conv2d(inputChannels: 8, outputChannels: 16, kernelSize: 1, using: &g),
      Sequential([
        Conv2d(inputChannels: 8, outputChannels: 16, kernelSize: 3, padding: 1, using: &g), Sigmoid(),
      ]),
      AveragePool2d(kernelSize: (3, 3), stride: 1, padding: 1),
    ])
    var check = GradientCheck(layer, input: [2, 4, 5, 8])
    try check.run()
  }

  @Test func dropoutPassesTheGradientWhereItPassesTheValue() throws {
    var g = Self.generator()
    let layer = Dropout(0.5, using: &g)
    let x = Tensor([1000], repeating: 3)
    let y = try layer.forward(x, on: Compute(threads: 1))
    let gx = try #require(try layer.backward(x, needsInputGradient: true, on: Compute(threads: 1)))
    #expect(y.values == gx.values)
    #expect(Set(y.values) == [0, 6])
    #expect(abs(y.values.filter { $0 == 0 }.count - 500) < 80)
    #expect(try layer(x, on: Compute(threads: 1)).values == x.values)
  }

  @Test func firstLayerComputesNoInputGradient() throws {
    var g = Self.generator()
    let network = Sequential([
      Conv3d(inputChannels: 1, outputChannels: 16, kernelSize: 3, padding: 1, using: &g)
    ])
    let y = try network.forward(Tensor([1, 2, 4, 4, 1]), on: Compute(threads: 1))
    #expect(try network.backward(y, needsInputGradient: false, on: Compute(threads: 1)) == nil)
    #expect(network.namedParameters().allSatisfy { $0.parameter.gradient != nil })
  }

  @Test func backwardBeforeForwardIsRefused() {
    #expect(throws: NetworkError.self) {
      try BatchNorm(3).backward(Tensor([1, 3]), needsInputGradient: true, on: Compute(threads: 1))
    }
  }
}
