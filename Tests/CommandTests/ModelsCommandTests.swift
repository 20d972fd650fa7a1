import Foundation
import TestKit
import Testing

/// `analytics models show` on every kind of model that comes along.
@Suite struct ModelsCommandTests {
  @Test(arguments: [
    ("stae-base", "network: STAE-grayscale\n", "calibration_s"),
    ("person-detector", "network: PersonDetector\n", "pixels"),
    ("person-embedder", "network: MSP-CNN\n", "stranger_similarity"),
  ])
  func everyKindOfModelTellsOfItself(name: String, network: String, key: String) throws {
    let model = TestData.packageRoot.appending(path: "Models/\(name).safetensors").path
    let shown = try AnalyticsBinary.run(["models", "show", model])
    #expect(shown.status == 0, "\(shown.stderr)")
    #expect(shown.stdout.hasPrefix(network))
    #expect(shown.stdout.contains("\ntraining data: "))
    let json = try AnalyticsBinary.run(["models", "show", model, "--json"])
    let object = try JSONSerialization.jsonObject(with: Data(json.stdout.utf8)) as? [String: Any]
    #expect(object?[key] != nil && object?["digest"] is String)
  }

  @Test func whatIsNoModelIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "x.safetensors")
    try Data("not weights".utf8).write(to: file)
    #expect(try AnalyticsBinary.run(["models", "show", file.path]).status == 65)
    #expect(try AnalyticsBinary.run(["models", "show", "/nowhere"]).status == 74)
  }
}
