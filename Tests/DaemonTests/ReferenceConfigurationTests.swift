@testable import Daemon
import Decode
import Foundation
import TestKit
import Testing
import Yams

/// The commented file in `config/` is the reference, so it must say what the code does.
@Suite struct ReferenceConfigurationTests {
  private let text: String
  private let folder: TemporaryFolder

  init() throws {
    text = try String(
      contentsOf: TestData.packageRoot.appending(path: "config/analytics.yaml"), encoding: .utf8)
    folder = try TemporaryFolder()
    try folder.write("", to: "gate.safetensors")
    try folder.write("secret", to: "gate.password")
  }

  private func parse(_ text: String) throws -> Configuration {
    try Configuration.parse(
      text, file: folder.url.appending(path: "analytics.yaml"),
      environment: ["CREDENTIALS_DIRECTORY": folder.url.path])
  }

  @Test func itParsesToTheDefaultsOfTheCode() throws {
    var camera = CameraConfiguration(
      name: "gate", source: MediaLocation("rtsp://viewer:secret@192.0.2.10:554/stream1"),
      model: folder.url.appending(path: "gate.safetensors"))
    // The one value that is shown though it is not the default.
    camera.framesPerSecond = 10
    #expect(try parse(text) == Configuration(cameras: [camera]))
  }

  @Test func everyKeyOfTheCodeIsInItAndExplained() throws {
    let root = try #require(try Yams.compose(yaml: text)?.mapping)
    let camera = try #require(root["cameras"]?.sequence?.first?.mapping)
    #expect(root.keys.compactMap(\.string) == ConfigurationKey.allCases.map(\.rawValue))
    #expect(camera.keys.compactMap(\.string) == CameraKey.allCases.map(\.rawValue))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for node in Array(root.keys) + Array(camera.keys) {
      let line = try #require(node.mark?.line)
      #expect(
        lines[line - 2].trimmingCharacters(in: .whitespaces).hasPrefix("#"),
        "\(node.string ?? "") has no comment above it")
    }
  }

  @Test func optionalKeysAreMarkedWithTheirDefaultAndRequiredOnesAreMarked() throws {
    // Each key's comment block ends right above it.
    var comment = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let content = line.trimmingCharacters(in: CharacterSet(charactersIn: " -"))
      if content.hasPrefix("#") {
        comment += content
      } else if let key = content.split(separator: ":").first.map(String.init) {
        let isRequired = ["name", "url", "model"].contains(key)
        if isRequired { #expect(comment.contains("Required."), "\(key)") }
        if !isRequired, key != "cameras" { #expect(comment.contains("Default: "), "\(key)") }
        comment = ""
      } else {
        comment = ""
      }
    }
  }

  @Test func documentedDefaultsAreTheValuesShown() throws {
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    var checked = 0
    for (comment, line) in zip(lines, lines.dropFirst()) where comment.hasPrefix("# Default: ") {
      let documented = comment.dropFirst("# Default: ".count)
      guard !["none", "the model's"].contains(documented) else { continue }
      #expect(line.hasSuffix(": " + documented))
      checked += 1
    }
    #expect(checked == 7)
  }
}
