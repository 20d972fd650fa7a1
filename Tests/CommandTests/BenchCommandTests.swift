import Foundation
import TestKit
import Testing

/// What `analytics bench --json` prints is read by programs: its keys, and that its numbers agree with each other.
@Suite struct BenchCommandTests {
  private func measure(_ arguments: String...) throws -> [String: Any] {
    let result = try AnalyticsBinary.run(["bench"] + arguments + ["--json"])
    #expect(result.status == 0, "\(result.stderr)")
    #expect(result.stderr.isEmpty)
    let lines = result.stdout.split(separator: "\n")
    #expect(lines.count == 1)
    return try #require(JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any])
  }

  /// Operations of one round on two threads, in 10⁹, each with a matrix product of its own. The rates follow from them and
  /// from the time.
  @Test(arguments: [("gemm", 2 * 2.147_483_648), ("stae", 6.65), ("train", 28)])
  func computeBenchmarksCompareThemselvesWithTheMatrixPeak(name: String, operations: Double) throws {
    let object = try measure(name, "--threads", "2", "--rounds", "1")
    #expect(
      Set(object.keys) == [
        "name", "threads", "milliseconds", "gflops", "peak_gflops", "efficiency", "instruction_set",
      ])
    #expect(object["name"] as? String == name)
    #expect(object["threads"] as? Int == 2)
    let milliseconds = try #require(object["milliseconds"] as? Double)
    let gflops = try #require(object["gflops"] as? Double)
    let peak = try #require(object["peak_gflops"] as? Double)
    let efficiency = try #require(object["efficiency"] as? Double)
    #expect(milliseconds > 0 && gflops > 0 && peak > 0)
    #expect(abs(gflops * milliseconds / 1e3 / operations - 1) < 1e-6)
    #expect(abs(gflops / peak / efficiency - 1) < 1e-6, "of one round, the quotient is exact")
    #expect(0.001 < efficiency && efficiency < 4)
  }

  @Test func camerasAreComparedWithOneCamera() throws {
    let object = try measure("cameras", "--cameras", "3", "--rounds", "1")
    #expect(
      Set(object.keys) == [
        "name", "streams", "per_second", "per_second_alone", "ratio", "cpu_ratio", "peak_ratio",
        "instruction_set",
      ])
    #expect(object["streams"] as? Int == 3)
    let together = try #require(object["per_second"] as? Double)
    let alone = try #require(object["per_second_alone"] as? Double)
    let ratio = try #require(object["ratio"] as? Double)
    #expect(together > 0 && alone > 0)
    #expect(abs(together / alone / ratio - 1) < 1e-6, "of one round, the quotient is exact")
  }

  @Test func aModelsOwnNetworkIsMeasured() throws {
    let model = TestData.packageRoot.appending(path: "Models/stae-base.safetensors").path
    #expect(try measure("stae", "--model", model, "--rounds", "1")["name"] as? String == "stae")
    let result = try AnalyticsBinary.run(["bench", "train", "--model", "/nowhere/model"])
    #expect(result.status == 74)
  }

  @Test(arguments: [
    (["--precision", "int8"], "stae int8", "stae"),
    (["--sliding"], "stae, hop 8", "stae, whole cube"),
    (["--sliding", "--precision", "int8"], "stae int8, hop 8", "stae int8, whole cube"),
  ]) func waysToScoreAreCompared(options: [String], name: String, reference: String) throws {
    let result = try AnalyticsBinary.run(["bench", "stae", "--rounds", "1", "--json"] + options)
    #expect(result.status == 0, "\(result.stderr)")
    let object = try #require(JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "name", "reference", "threads", "milliseconds", "reference_milliseconds", "ratio", "instruction_set",
      ])
    #expect(object["name"] as? String == name)
    #expect(object["reference"] as? String == reference)
    let milliseconds = try #require(object["milliseconds"] as? Double)
    let other = try #require(object["reference_milliseconds"] as? Double)
    let ratio = try #require(object["ratio"] as? Double)
    #expect(milliseconds > 0 && other > 0 && abs(milliseconds / other / ratio - 1) < 1e-6)
  }

  @Test func searchIsComparedWithReading() throws {
    let object = try measure("search", "--rows", "1000", "--dimension", "64", "--rounds", "1")
    #expect(object["name"] as? String == "search 1000 × 64")
    #expect(object["reference"] as? String == "reading them once")
    let milliseconds = try #require(object["milliseconds"] as? Double)
    let other = try #require(object["reference_milliseconds"] as? Double)
    let ratio = try #require(object["ratio"] as? Double)
    #expect(milliseconds > 0 && other > 0 && abs(milliseconds / other / ratio - 1) < 1e-6)
  }

  @Test(.enabled(if: SmallCamera.isAvailable)) func decodingIsComparedWithFFmpeg() throws {
    let object = try measure("decode", SmallCamera.shared().event.path)
    #expect(
      Set(object.keys) == ["milliseconds", "frames", "frames_per_second", "ffmpeg_milliseconds", "ratio"])
    #expect(object["frames"] as? Int == 200)
    let ours = try #require(object["milliseconds"] as? Double)
    let theirs = try #require(object["ffmpeg_milliseconds"] as? Double)
    #expect(ours > 0 && theirs > 0)
  }

  @Test(.enabled(if: SmallCamera.isAvailable), arguments: ["codec", "estimated"])
  func motionIsComparedWithDecodingAlone(motion: String) throws {
    let object = try measure("decode", SmallCamera.shared().event.path, "--motion", motion)
    #expect(
      Set(object.keys) == [
        "milliseconds", "frames", "frames_per_second", "ffmpeg_milliseconds", "ratio", "motion_milliseconds",
        "motion_ratio", "codec_motion_frames", "estimated_motion_frames",
      ])
    #expect(try #require(object["motion_milliseconds"] as? Double) > 0)
    #expect(try #require(object["motion_ratio"] as? Double) > 0)
  }

  @Test(arguments: [
    ["bench", "gemm", "--threads", "0"], ["bench", "stae", "--threads", "257"],
    ["bench", "train", "--rounds", "0"], ["bench", "stae", "--precision", "int4"],
    ["bench", "gemm", "--rounds", "many"], ["bench", "cameras", "--cameras", "1"], ["bench", "decode"],
    ["bench", "decode", "clip.mp4", "--motion", "psychic"], ["bench", "fft"],
    ["bench", "search", "--rows", "0"], ["bench", "search", "--dimension", "0"],
  ]) func usageErrors(arguments: [String]) throws {
    let result = try AnalyticsBinary.run(arguments)
    #expect(result.exited && result.status == 64)
  }

  @Test func aMissingClipIsNamed() throws {
    let result = try AnalyticsBinary.run(["bench", "decode", "/nowhere/clip.mp4"])
    #expect(result.status == 74)
    #expect(result.stderr == "analytics: /nowhere/clip.mp4: there is no such file\n")
  }
}
