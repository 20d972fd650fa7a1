import Foundation
import TestKit
import Testing

/// What a command writes never replaces what it reads.
@Suite struct OutputFilesTests {
  private static let names = ["clip.mp4", "test/a.mp4", "labels.csv", "model.safetensors", "log.db"]
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "test"), withIntermediateDirectories: false)
    for name in Self.names { try folder.write("of \(name)", to: name) }
    let link = folder.url.appending(path: "link.mp4")
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: folder.url.appending(path: "clip.mp4"))
    try FileManager.default.linkItem(
      at: folder.url.appending(path: "clip.mp4"), to: folder.url.appending(path: "hard.mp4"))
  }

  @Test(arguments: [
    "train --from clip.mp4 --output clip.mp4", "train --from clip.mp4 --output ./test/../clip.mp4",
    "train --from clip.mp4 --output link.mp4", "train --from clip.mp4 --output hard.mp4",
    "train detector --images test --boxes labels.csv --output test/a.mp4",
    "train reid --images test --labels labels.csv --output labels.csv",
    "evaluate anomaly --test test --labels labels.csv --model model.safetensors --scores labels.csv",
    "evaluate anomaly --test test --labels labels.csv --model model.safetensors --report test/a.mp4",
    "evaluate anomaly --test test --labels labels.csv --model model.safetensors --report model.safetensors",
    "evaluate anomaly --train test --test test --labels labels.csv --output test/a.mp4",
    "replay clip.mp4 --database log.db --report clip.mp4",
    "replay clip.mp4 --database log.db --report log.db",
    "alerts show 1 --database log.db --snapshot log.db", "people show 1 --database log.db --crop log.db",
    "export model.safetensors --onnx model.safetensors",
  ]) func whatIsReadIsNotReplaced(command: String) throws {
    let result = try AnalyticsBinary.run(command.split(separator: " ").map(String.init), folder: folder.url)
    #expect(result.status == 64 && result.stderr.contains("would replace"), "\(result.stderr)")
    for name in Self.names {
      #expect(try String(contentsOf: folder.url.appending(path: name), encoding: .utf8) == "of \(name)")
    }
  }

  @Test func twoOutputsAreTwoFiles() throws {
    let command =
      "evaluate anomaly --test test --labels labels.csv --model model.safetensors --report a --scores ./a"
    let result = try AnalyticsBinary.run(command.split(separator: " ").map(String.init), folder: folder.url)
    #expect(result.status == 64 && result.stderr.contains("--report and --scores name the same file"))
  }
}
