import Foundation
import TestKit
import Testing

@testable import Network

@Suite struct ONNXExportTests {
  private let compute = Compute(threads: 2)

  /// Protocol Buffers' own examples: https://protobuf.dev/programming-guides/encoding.
  @Test func wireFormat() {
    var writer = ProtobufWriter()
    writer.integer(1, 150)
    writer.string(2, "testing")
    writer.message(3) { $0.integer(1, 150) }
    #expect(
      [UInt8](writer.data) == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8) + [
        0x1a, 0x03, 0x08, 0x96, 0x01,
      ])
    var others = ProtobufWriter()
    others.integer(20, -2)
    others.float(2, 0.2)
    #expect(
      [UInt8](others.data) == [0xa0, 0x01, 0xfe] + Array(repeating: 0xff, count: 8) + [0x01] + [
        0x15, 0xcd, 0xcc, 0x4c, 0x3e,
      ])
  }

  private final class Unknown: Layer {
    func callAsFunction(_ x: Tensor, on compute: Compute) -> Tensor { x }
    func forward(_ x: Tensor, on compute: Compute) -> Tensor { x }
    func backward(_ gradient: Tensor, needsInputGradient: Bool, on compute: Compute) -> Tensor? { gradient }
  }

  @Test func aLayerWithoutAFormIsNamed() {
    var graph = ONNXGraph()
    let input = graph.addInput("x", shape: [1, 1, 4, 4])
    let error = #expect(throws: NetworkError.self) {
      try graph.append(Sequential([ReLU(), Unknown()]), to: input, name: "body")
    }
    #expect(error?.description == "export of body.1 failed: Unknown has no form in ONNX")
  }

  @Test func theLastResultGoesByTheNameOfTheOutput() throws {
    var graph = ONNXGraph()
    let input = graph.addInput("x", shape: [1, 1, 4, 4])
    let shared = try graph.append(ReLU(), to: input, name: "a")
    _ = try graph.append(Sigmoid(), to: shared, name: "b")
    graph.addOutput("y", shared, shape: [1, 1, 4, 4])
    #expect(graph.nodes.map(\.inputs) == [["x"], ["y"]])
    #expect(graph.nodes.map(\.output) == ["y", "b"])
  }

  /// A picture network with every layer that there is for them, and moved running statistics.
  private func pictureNetwork(_ g: inout SeededGenerator) throws -> Sequential {
    let norm = BatchNorm(8)
    let network = Sequential([
      Conv2d(inputChannels: 3, outputChannels: 8, kernelSize: 3, stride: 2, padding: 1, using: &g), norm,
      ReLU(),
      MaxPool2d(kernelSize: 3, stride: 2, roundsUp: true),
      Concatenate([
        Conv2d(inputChannels: 8, outputChannels: 5, kernelSize: 1, bias: false, using: &g),
        Sequential([
          MaxPool2d(kernelSize: 3, stride: 1, padding: (1, 1)),
          Conv2d(inputChannels: 8, outputChannels: 4, kernelSize: 3, padding: 1, using: &g), LeakyReLU(0.1),
        ]),
        AveragePool2d(kernelSize: (3, 3), stride: 1, padding: 1),
      ]),
      ConvTranspose2d(
        inputChannels: 17, outputChannels: 17, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1,
        using: &g),
      Linear(17, 12, using: &g), Sigmoid(), Dropout(0.5, using: &g),
      GlobalAveragePool2d(), Linear(12, 6, bias: false, using: &g),
    ])
    for _ in 0..<3 {
      _ = try network.forward(
        Tensor([2, 18, 34, 3], (0..<2 * 18 * 34 * 3).map { _ in g.uniform(in: -1...2) }), on: compute)
    }
    return network
  }

  @Test(.enabled(if: PeerEngines.areInstalled, "needs ONNX Runtime and OpenVINO: make peers"))
  func otherEnginesAgreeOnPictures() throws {
    var g = SeededGenerator(seed: 3)
    let network = try pictureNetwork(&g)
    let x = Tensor([2, 18, 34, 3], (0..<2 * 18 * 34 * 3).map { _ in g.uniform(in: -1...2) })
    let y = try network(x, on: compute)
    var graph = ONNXGraph()
    let input = graph.addInput("x", shape: channelsFirst(x).shape)
    graph.addOutput("y", try graph.append(network, to: input, name: "body"), shape: channelsFirst(y).shape)
    try check(graph, ["x": x, "y": y])
  }

  @Test(.enabled(if: PeerEngines.areInstalled, "needs ONNX Runtime and OpenVINO: make peers"))
  func otherEnginesAgreeOnDenseNetworks() throws {
    var g = SeededGenerator(seed: 4)
    let network = Sequential([Linear(7, 16, using: &g), BatchNorm(16), LeakyReLU(), Linear(16, 3, using: &g)])
    let x = Tensor([5, 7], (0..<35).map { _ in g.uniform(in: -1...1) })
    var graph = ONNXGraph()
    let input = graph.addInput("x", shape: [5, 7])
    graph.addOutput("y", try graph.append(network, to: input, name: "body"), shape: [5, 3])
    try check(graph, ["x": x, "y": network(x, on: compute)])
  }

  private func check(_ graph: ONNXGraph, _ tensors: [String: Tensor]) throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "network.onnx")
    try ONNXModel(name: "test", graph: graph, metadata: ["a": "b"]).write(to: file)
    let (status, text) = try PeerEngines.check(file, against: tensors.mapValues(channelsFirst))
    #expect(status == 0, "\(text)")
  }

  private func channelsFirst(_ x: Tensor) -> PeerEngines.Array {
    let (batch, channels) = (x.shape.batch, x.shape.channels)
    let (values, positions) = (x.values, x.shape.rows / batch)
    var turned: [Float] = []
    for n in 0..<batch {
      for c in 0..<channels {
        for p in 0..<positions { turned.append(values[(n * positions + p) * channels + c]) }
      }
    }
    return .init(shape: [batch, channels] + x.shape.sizes.dropFirst().dropLast(), values: turned)
  }
}
