import Foundation
import Testing

@testable import Network

@Suite struct WeightsFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func write(_ bytes: Data) throws -> URL {
    let url = folder.appending(path: "\(UUID().uuidString).safetensors")
    try bytes.write(to: url)
    return url
  }

  private func network(seed: UInt64) -> Sequential {
    var generator = SeededGenerator(seed: seed)
    return Sequential([
      Conv3d(inputChannels: 2, outputChannels: 16, kernelSize: 3, padding: 1, using: &generator),
      BatchNorm(16),
      LeakyReLU(), ConvTranspose3d(inputChannels: 16, outputChannels: 3, kernelSize: 3, using: &generator),
      Linear(3, 4, using: &generator),
    ])
  }

  @Test func networkSurvivesTheFile() throws {
    let (saved, loaded) = (network(seed: 1), network(seed: 2))
    var file = WeightsFile(metadata: ["network": "test"])
    saved.store(into: &file)
    let url = folder.appending(path: "model.safetensors")
    try file.write(to: url)
    let read = try WeightsFile(contentsOf: url)
    #expect(read.metadata == ["network": "test"])
    #expect(read.digest == file.digest)
    try loaded.load(from: read)
    let x = Tensor([1, 3, 4, 5, 2], repeating: 0.5)
    #expect(try saved(x, on: Compute(threads: 1)).values == loaded(x, on: Compute(threads: 1)).values)
  }

  /// PyTorch's order: weight[out, in, d, h, w].
  @Test func convolutionWeightsStandInPyTorchOrder() throws {
    var generator = SeededGenerator(seed: 1)
    let layer = Conv3d(inputChannels: 2, outputChannels: 3, kernelSize: 3, using: &generator)
    layer.weight.value.withUnsafeMutableBufferPointer { w in
      for i in w.indices { w[i] = Float(i) }
    }
    let stored = layer.weight.stored
    #expect(stored.shape == [3, 2, 3, 3, 3])
    // out 2, in 1, tap 5 of 27 lies at (5 * 2 + 1) * 3 + 2 here and at (2 * 2 + 1) * 27 + 5 there.
    #expect(stored.values[(2 * 2 + 1) * 27 + 5] == Float((5 * 2 + 1) * 3 + 2))
    var turned = SeededGenerator(seed: 2)
    let transposed = ConvTranspose3d(inputChannels: 2, outputChannels: 3, kernelSize: 3, using: &turned)
    #expect(transposed.weight.stored.shape == [2, 3, 3, 3, 3])
    let flat = ConvTranspose2d(inputChannels: 2, outputChannels: 3, kernelSize: 4, using: &turned)
    #expect(flat.weight.stored.shape == [2, 3, 4, 4])
  }

  @Test func everyTruncationIsRefused() throws {
    var file = WeightsFile(metadata: ["a": "b"])
    network(seed: 1).store(into: &file)
    let whole = try file.encoded()
    for length in [0, 1, 7, 8, 9, 100, whole.count / 2, whole.count - 1] {
      let url = try write(whole.prefix(length))
      #expect(throws: NetworkError.self, "\(length) bytes") { try WeightsFile(contentsOf: url) }
    }
  }

  @Test func everyFlippedByteIsRefusedOrHarmless() throws {
    var file = WeightsFile(metadata: ["a": "b"])
    file.tensors["x"] = .init(shape: [2, 2], values: [1, 2, 3, 4])
    let whole = try file.encoded()
    for i in whole.indices {
      var bytes = whole
      bytes[i] ^= 0x15
      let url = try write(bytes)
      if let read = try? WeightsFile(contentsOf: url) {
        #expect(read.tensors.values.first?.values == [1, 2, 3, 4], "byte \(i)")
      }
    }
  }

  @Test func hugeHeaderIsRefused() throws {
    let bytes =
      withUnsafeBytes(of: UInt64(2 << 30).littleEndian) { Data($0) } + Data(repeating: 32, count: 64)
    let error = #expect(throws: NetworkError.self) { try WeightsFile(contentsOf: write(bytes)) }
    #expect(error?.description.contains("no safetensors file") == true)
  }

  @Test func otherNetworkIsRefused() throws {
    var generator = SeededGenerator(seed: 1)
    var file = WeightsFile()
    Sequential([Linear(3, 4, using: &generator)]).store(into: &file)
    #expect(throws: NetworkError.self) { try network(seed: 1).load(from: file) }
  }

  @Test func variancesBelowZeroAreRefused() throws {
    let norm = BatchNorm(2)
    var file = WeightsFile()
    norm.store(into: &file)
    file.tensors["running_var"] = .init(shape: [2], values: [0, 1])
    try norm.load(from: file)
    file.tensors["running_var"] = .init(shape: [2], values: [1, -0.5])
    let error = #expect(throws: NetworkError.self) { try norm.load(from: file) }
    #expect(error?.description.contains("variances below zero") == true)
  }

  @Test func missingFileSaysSo() {
    let error = #expect(throws: NetworkError.self) {
      try WeightsFile(contentsOf: folder.appending(path: "none.safetensors"))
    }
    #expect(error?.description.contains("No such file") == true)
  }
}
