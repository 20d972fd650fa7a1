import Decode
import Foundation
import Network
import TestKit
import Testing

@testable import Anomaly

@Suite struct STAETests {
  private let shape = CubeShape(frames: 8, height: 16, width: 24)
  private let compute = Compute(threads: 2)

  /// A network whose running statistics are those of a few training steps, not those it was born with.
  private func trainedNetwork() throws -> STAE {
    let network = STAE(STAE.Configuration(slope: 0.1), seed: 5)
    let adam = Adam(network.namedParameters)
    for seed in 0..<30 {
      let weights = TrainingOptions.PredictionWeights.constant.perFrame(8)
      _ = try Trainer.propagate(
        network, cube: cube(seed: UInt64(seed)), future: cube(seed: 99), frameWeights: weights, on: compute)
      adam.update()
    }
    return network
  }

  private func cube(seed: UInt64, _ content: CubeContent = .gray) -> Tensor {
    var g = SeededGenerator(seed: seed)
    let shape = CubeShape(frames: 8, height: 16, width: 24, content: content)
    return Tensor(shape.tensorShape, (0..<shape.elementCount).map { _ in g.uniform(in: 0...1) })
  }

  private func model(
    _ network: STAE, calibration: Calibration? = nil, quantisation: Quantisation? = nil
  ) -> AnomalyModel {
    AnomalyModel(
      network: network,
      card: .init(framesPerSecond: 10, cubeShape: shape, trainingData: "noise", steps: 3, seed: 5),
      calibration: calibration, quantisation: quantisation)
  }

  private func quantisation(of network: STAE) throws -> Quantisation {
    let (encoder, decoder) = network.frozenReconstruction()
    let observer = ActivationRangeObserver([encoder, decoder], input: ActivationRange(lowest: 0, highest: 1))
    for seed in UInt64(50)..<54 { _ = try observer.observe(cube(seed: seed), on: compute) }
    return Quantisation(
      ranges: try #require(observer.ranges), reconstructionDifference: 0.001, errorMapDifference: 0.01,
      rankCorrelation: 0.999, frames: 32)
  }

  @Test func agreesWithPlainLoops() throws {
    let network = try trainedNetwork()
    let x = cube(seed: 42)
    let ours = STAEReconstructor(network, cubeShape: shape, compute: compute)
    var found = [Float](repeating: 0, count: shape.elementCount)
    try x.withUnsafeBufferPointer { x in
      try found.withUnsafeMutableBufferPointer { try ours.reconstruct(x, into: $0) }
    }
    let reference = ReferenceSTAE(file: model(network).weightsFile(), slope: Double(Float(0.1)))
    var volume = ReferenceSTAE.Volume(1, 8, 16, 24)
    volume.values = x.values.map(Double.init)
    let expected = reference.reconstruct(volume).values
    let worst = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
    #expect(worst < 2e-5)
    #expect(Set(found.map { ($0 * 1000).rounded() }).count > 20, "the reconstruction is not all one value")
  }

  @Test func frozenNetworkIsTheNetwork() throws {
    let network = try trainedNetwork()
    let x = cube(seed: 43)
    let whole = try network.reconstruction(network.encoder(x, on: compute), on: compute)
    let (encoder, decoder) = network.frozenReconstruction()
    let frozen = try decoder(encoder(x, on: compute), on: compute)
    #expect(zip(whole.values, frozen.values).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func sizesAreThoseOfThePaper() throws {
    let network = STAE(seed: 1)
    let code = try network.encoder(Tensor([1, 16, 128, 128, 1], repeating: 0.5), on: compute)
    #expect(code.shape.sizes == [1, 2, 16, 16, 64])
    let cubeCount = 16 * 128 * 128
    #expect(code.count * 8 == cubeCount)
    let counts = network.namedParameters.filter(\.parameter.isTrained).map(\.parameter.value.count)
    let trained: Int = counts.reduce(0, +)
    #expect(abs(trained - 540_000) < 40_000)
  }

  @Test func predictionWeights() {
    typealias Weights = TrainingOptions.PredictionWeights
    #expect(Weights.decreasing(offset: 0).perFrame(4) == [0.1875, 0.125, 0.0625, 0])
    #expect(Weights.decreasing(offset: 1).perFrame(4) == [0.25, 0.1875, 0.125, 0.0625])
    #expect(Weights.constant.perFrame(4) == [0.25, 0.25, 0.25, 0.25])
    #expect(Weights.none.perFrame(4) == nil)
  }

  /// The gradients of all parameters through both branches, against central differences.
  @Test(arguments: CubeContent.allCases) func gradientsOfBothBranches(of content: CubeContent) throws {
    let network = STAE(STAE.Configuration(channels: content.channels), seed: 2)
    let (x, future) = (cube(seed: 1, content), cube(seed: 2, content))
    let weights = TrainingOptions.PredictionWeights.decreasing(offset: 0).perFrame(8)
    func loss() throws -> Double {
      let losses = try Trainer.propagate(
        network, cube: x, future: future, frameWeights: weights, on: Compute(threads: 1))
      return losses.reconstruction + losses.prediction
    }
    _ = try loss()
    var generator = SeededGenerator(seed: 3)
    let trained = network.namedParameters.filter(\.parameter.isTrained)
    let gradients = try trained.map { try #require($0.parameter.gradient).values }
    for ((name, parameter), gradient) in zip(trained, gradients) {
      // The direction of the gradient itself: the slope along it is its length, which no rounding hides.
      let length = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard length > 1e-7 else { continue }
      let original = parameter.value.values
      let step = 1e-2 * Double(generator.uniform(in: 0.5...1))
      func shifted(by amount: Double) throws -> Double {
        parameter.value.withUnsafeMutableBufferPointer { value in
          for i in value.indices {
            value[i] = original[i] + Float(amount / length) * gradient[i]
          }
        }
        return try loss()
      }
      let numeric = try (shifted(by: step) - shifted(by: -step)) / (2 * step)
      parameter.value.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: original) }
      #expect(abs(numeric - length) < 0.1 * length + 2e-5, "\(name): \(numeric) against \(length)")
    }
  }

  @Test func modelSurvivesItsFile() throws {
    let network = try trainedNetwork()
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "camera.safetensors")
    let saved = model(network)
    try saved.weightsFile().write(to: url)
    let read = try AnomalyModel(contentsOf: url)
    #expect(read.card == saved.card)
    #expect(read.digest == saved.digest)
    #expect(read.calibration == nil)
    let x = cube(seed: 9)
    #expect(
      try read.network.encoder(x, on: compute).values == network.encoder(x, on: compute).values)
  }

  @Test func integersReconstructAsFloatsDo() throws {
    let network = try trainedNetwork()
    let ranges = try quantisation(of: network).ranges
    func reconstruction(_ precision: STAEReconstructor.Precision) throws -> [Float] {
      let reconstructor = STAEReconstructor(
        network, cubeShape: shape, precision: precision, compute: compute)
      var found = [Float](repeating: 0, count: shape.elementCount)
      try cube(seed: 52).withUnsafeBufferPointer { x in
        try found.withUnsafeMutableBufferPointer { try reconstructor.reconstruct(x, into: $0) }
      }
      return found
    }
    let (floats, integers) = (try reconstruction(.full), try reconstruction(.int8(ranges)))
    let squares = zip(floats, integers).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect((squares / Float(floats.count)).squareRoot() < 0.01)
    #expect(floats != integers)
  }

  @Test func integersAreChosenWhereTheyWereShownToDo() throws {
    let network = try trainedNetwork()
    var quantisation = try quantisation(of: network)
    #expect(model(network).precision == .full, "nothing was shown")
    let shown = STAEReconstructor.Precision.int8(quantisation.ranges)
    #expect(model(network, quantisation: quantisation).precision == (Compute.prefersIntegers ? shown : .full))
    quantisation.rankCorrelation = 0.99
    #expect(model(network, quantisation: quantisation).precision == .full)
    quantisation.rankCorrelation = 1
    quantisation.errorMapDifference = 0.06
    #expect(model(network, quantisation: quantisation).precision == .full)
  }

  @Test func quantisationSurvivesItsFile() throws {
    let network = try trainedNetwork()
    let quantisation = try quantisation(of: network)
    let file = model(network, quantisation: quantisation).weightsFile()
    #expect(try AnomalyModel(file).quantisation == quantisation)
    var short = quantisation
    short.ranges.removeLast()
    var flat = quantisation
    flat.ranges[3] = ActivationRange(lowest: 0, highest: 0)
    for broken in [short, flat] {
      #expect(throws: NetworkError.self) {
        try AnomalyModel(model(network, quantisation: broken).weightsFile())
      }
    }
  }

  @Test func ranksAreCompared() {
    #expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 400]) == 1)
    #expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
    // Ranks 0, 1.5, 1.5, 3 and 0, 1, 2, 3 about 1.5: 4.5 / √(4.5 · 5).
    #expect(abs(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4]) - 4.5 / (4.5 * 5).squareRoot()) < 1e-12)
    #expect(rankCorrelation([1, 1, 1], [1, 2, 3]) == 0)
  }

  @Test func modelsOfAnotherKindAreRefused() throws {
    let sound = model(STAE(seed: 1)).weightsFile()
    let broken: [(String, (inout WeightsFile) -> Void)] = [
      ("network", { $0.metadata["network"] = "MSP-CNN" }),
      ("format", { $0.metadata["format"] = "99" }),
      ("card", { $0.metadata["card"] = "{}" }),
      ("calibration", { $0.metadata["calibration"] = "{\"grid\":1}" }),
      ("missing tensor", { $0.tensors["encoder.0.weight"] = nil }),
      ("wrong shape", { $0.tensors["encoder.0.weight"] = .init(shape: [1], values: [1]) }),
      (
        "not finite",
        { $0.tensors["encoder.1.weight"] = .init(shape: [32], values: .init(repeating: .nan, count: 32)) }
      ),
    ]
    for (what, breakIt) in broken {
      var file = sound
      breakIt(&file)
      #expect(throws: NetworkError.self, "\(what)") { try AnomalyModel(file) }
    }
  }
}
