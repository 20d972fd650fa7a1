import Anomaly
import Foundation
import Network
import TestKit
import Testing

@Suite struct ExportCommandTests {
  private let folder: TemporaryFolder
  private let base = TestData.packageRoot.appending(path: "Models/stae-base.safetensors")

  init() throws { folder = try TemporaryFolder() }

  private var target: URL { folder.url.appending(path: "network.onnx") }

  /// The base weights for cubes of another size, each side another.
  private func smallModel() throws -> AnomalyModel {
    let model = try AnomalyModel(contentsOf: base)
    var card = model.card
    card.cubeShape = CubeShape(frames: 8, height: 40, width: 24)
    return AnomalyModel(network: model.network, card: card, calibration: nil)
  }

  private func exported(_ arguments: String...) throws -> Message {
    let result = try AnalyticsBinary.run(["export"] + arguments + ["--onnx", target.path])
    #expect(result.status == 0 && result.stdout.isEmpty)
    #expect(result.stderr == "wrote \(target.path)\n")
    return try #require(Message(Data(contentsOf: target)))
  }

  @Test func theFileHoldsTheNetworkAndSaysWhatItIs() throws {
    let graph = try #require(exported(base.path).message(7))
    let operators = graph.messages(1).map { $0.text(4) }
    let convolution = ["Conv", "BatchNormalization", "LeakyRelu"]
    let transposed = ["ConvTranspose", "BatchNormalization", "LeakyRelu"]
    #expect(
      operators == convolution + ["MaxPool"] + convolution + ["MaxPool"] + convolution + ["MaxPool"]
        + convolution + transposed + transposed + transposed + ["Conv", "Sigmoid"])
    #expect(graph.messages(11).map { $0.text(1) } == ["cube"])
    #expect(graph.messages(12).map { $0.text(1) } == ["reconstruction"])

    let stored = try WeightsFile(contentsOf: base)
    let initializers = graph.messages(5)
    let names = Set(initializers.map { $0.text(8) })
    #expect(names == Set(stored.tensors.keys.filter { !$0.hasPrefix("prediction.") }))
    for initializer in initializers {
      let tensor = try #require(stored.tensors[initializer.text(8)])
      #expect(initializer.integers(1) == tensor.shape)
      #expect(initializer.floats(9) == tensor.values)
    }
  }

  @Test func metadataIsThatOfTheModel() throws {
    let entries = try exported(base.path).messages(14).map { ($0.text(1), $0.text(2)) }
    let metadata = Dictionary(uniqueKeysWithValues: entries)
    let file = try WeightsFile(contentsOf: base)
    #expect(try metadata["digest"] == AnomalyModel(contentsOf: base).digest)
    #expect(metadata["network"] == "STAE-grayscale")
    #expect(metadata["card"] == file.metadata["card"])
  }

  @Test func predictionIsAnotherOutput() throws {
    let graph = try #require(exported(base.path, "--prediction").message(7))
    #expect(graph.messages(12).map { $0.text(1) } == ["reconstruction", "prediction"])
    let weights = try WeightsFile(contentsOf: base).tensors.keys
    #expect(Set(graph.messages(5).map { $0.text(8) }) == Set(weights))
  }

  @Test func whatAModelCannotGiveIsRefused() throws {
    let models = TestData.packageRoot.appending(path: "Models")
    let target = folder.url.appending(path: "x.onnx").path
    let embedder = models.appending(path: "person-embedder.safetensors").path
    let prediction = try AnalyticsBinary.run(["export", embedder, "--onnx", target, "--prediction"])
    #expect(prediction.status == 64)
    let detector = models.appending(path: "person-detector.safetensors").path
    let other = try AnalyticsBinary.run(["export", detector, "--onnx", target])
    #expect(other.status == 65)
    #expect(other.stderr.contains("holds a person detector"))
  }

  @Test(
    .enabled(if: PeerEngines.areInstalled, "needs ONNX Runtime and OpenVINO: make peers"),
    arguments: [true, false])
  func otherEnginesReconstructAndPredictTheSame(isWholeSize: Bool) throws {
    let model = try isWholeSize ? AnomalyModel(contentsOf: base) : smallModel()
    let file = folder.url.appending(path: "model.safetensors")
    try model.weightsFile().write(to: file)
    _ = try exported(file.path, "--prediction")

    let shape = model.card.cubeShape
    var generator = SeededGenerator(seed: 7)
    let x = Tensor(
      [1, shape.frames, shape.height, shape.width, 1],
      (0..<shape.elementCount).map { _ in generator.uniform(in: 0...1) })
    let compute = Compute(threads: 2)
    let (encoder, decoder) = model.network.frozenReconstruction()
    let code = try encoder(x, on: compute)
    let outputs = [
      "cube": x, "reconstruction": try decoder(code, on: compute),
      "prediction": try model.network.prediction(code, on: compute),
    ]
    let (status, text) = try PeerEngines.check(
      target,
      against: outputs.mapValues {
        .init(shape: [1, 1, shape.frames, shape.height, shape.width], values: $0.values)
      })
    #expect(status == 0, "\(text)")
  }

  @Test func whatIsNoModelIsRefused() throws {
    let file = try folder.write("no model", to: "note.txt")
    let result = try AnalyticsBinary.run(["export", file.path, "--onnx", target.path])
    #expect(result.status == 65)
    #expect(!FileManager.default.fileExists(atPath: target.path))
    let missing = try AnalyticsBinary.run(["export", "/nowhere/model", "--onnx", target.path])
    #expect(missing.status == 74)
  }

  @Test func whereNothingCanBeWrittenIsNamed() throws {
    for place in ["/nowhere/network.onnx", folder.url.path, "/dev/null"] {
      let result = try AnalyticsBinary.run(["export", base.path, "--onnx", place])
      #expect(result.status == 74)
      #expect(result.stderr.hasPrefix("analytics: \(place): cannot be written: "), "\(result.stderr)")
    }
  }

  @Test func theModelItselfIsNotOverwritten() throws {
    let link = folder.url.appending(path: "link.safetensors")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: base)
    let result = try AnalyticsBinary.run(["export", link.path, "--onnx", base.path])
    #expect(result.status == 64)
    #expect(try AnalyticsBinary.run(["export", base.path]).status == 64)
  }
}

/// A Protocol Buffers message, read by the wire format alone.
private struct Message {
  private enum Value {
    case integer(Int)
    case bytes(Data)
  }

  private var fields: [(number: Int, value: Value)] = []

  /// Nil for what is no such message.
  init?(_ data: Data) {
    var rest = data[...]
    func varint() -> UInt64? {
      var (value, shift) = (UInt64(0), UInt64(0))
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }
    while !rest.isEmpty {
      guard let key = varint() else { return nil }
      switch key & 7 {
      case 0:
        guard let value = varint() else { return nil }
        fields.append((Int(key >> 3), .integer(Int(bitPattern: UInt(value)))))
      case 2, 5:
        guard let length = key & 7 == 5 ? 4 : varint(), length <= rest.count else { return nil }
        fields.append((Int(key >> 3), .bytes(Data(rest.prefix(Int(length))))))
        rest = rest.dropFirst(Int(length))
      default: return nil
      }
    }
  }

  func integers(_ field: Int) -> [Int] {
    fields.compactMap { number, value in
      if case .integer(let value) = value, number == field { value } else { nil }
    }
  }

  private func bytes(_ field: Int) -> [Data] {
    fields.compactMap { number, value in
      if case .bytes(let data) = value, number == field { data } else { nil }
    }
  }

  func messages(_ field: Int) -> [Message] { bytes(field).compactMap(Message.init) }

  func message(_ field: Int) -> Message? { messages(field).first }

  func text(_ field: Int) -> String { bytes(field).first.map { String(decoding: $0, as: UTF8.self) } ?? "" }

  func floats(_ field: Int) -> [Float] {
    let data = bytes(field).first ?? Data()
    return data.withUnsafeBytes { raw in
      (0..<data.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }
}
