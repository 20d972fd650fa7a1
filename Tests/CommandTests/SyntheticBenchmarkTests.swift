import Decode
import Foundation
import TestKit
import Testing

private let python = TestData.packageRoot.appending(path: ".build/synthetic/bin/python")
private let isPythonInstalled = FileManager.default.isExecutableFile(atPath: python.path)

/// `Benchmarks/synthetic/make-irregular` on clips that ffmpeg makes.
@Suite(.enabled(if: isPythonInstalled, "needs numpy and OpenCV: see Benchmarks/README.md"))
struct SyntheticBenchmarkTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ program: URL, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// A square that goes to and fro before a wall of this gray.
  private func clip(_ name: String, gray: Int, rate: Int, seconds: Int) throws -> String {
    let path = folder.url.appending(path: name).path
    let status = try run(
      URL(filePath: "/usr/bin/env"),
      [
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i",
        "color=c=0x\(String(repeating: String(gray, radix: 16), count: 3)):s=96x64:r=\(rate):d=\(seconds)[w];"
          + "color=c=white:s=12x12:r=\(rate)[v];[w][v]overlay=x='42+36*sin(t)':y=20:shortest=1",
        "-c:v", "libx264", path,
      ])
    try #require(status == 0)
    return path
  }

  /// Four sources, the last two of which become test clips.
  private func benchmark(_ rates: [Int], seconds: Int = 24) throws -> URL {
    let clips = try rates.enumerated().map { number, rate in
      try clip("\(number).mp4", gray: 32 + 40 * number, rate: rate, seconds: seconds)
    }
    let output = folder.url.appending(path: "benchmark")
    let script = TestData.packageRoot.appending(path: "Benchmarks/synthetic/make-irregular").path
    try #require(try run(python, [script, output.path] + clips + ["--kinds", "fast"]) == 0)
    return output
  }

  private func frames(_ clip: URL) throws -> (rate: Double, corners: [UInt8]) {
    let reader = try VideoReader(MediaLocation(file: clip))
    var corners: [UInt8] = []
    while let frame = try reader.next() { corners.append(frame.gray.pixels[0]) }
    return (try #require(reader.info.framesPerSecond), corners)
  }

  @Test func testClipsKeepToOneSourceAndItsRate() throws {
    let output = try benchmark([10, 10, 10, 20])
    let tests = try FileManager.default.contentsOfDirectory(
      at: output.appending(path: "test"), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
    // 24 s hold three windows of 13 s that start every 5 s.
    #expect(tests.count == 6)
    for (number, test) in tests.enumerated() {
      let (rate, corners) = try frames(test)
      #expect(rate == (number < 3 ? 10 : 20))
      #expect(corners.count == Int(10 * rate))
      let spread = (corners.max() ?? 255) - (corners.min() ?? 0)
      #expect(spread < 5, "\(test.lastPathComponent) goes over the join of two clips")
    }
    let labels = try String(contentsOf: output.appending(path: "labels.csv"), encoding: .utf8)
      .split(whereSeparator: \.isNewline)
    #expect(labels.count == 1 + 3 * 100 + 3 * 200)
    #expect(labels.count { $0.hasSuffix(",1") } == 3 * 30 + 3 * 60)
    #expect(labels.contains("test/01-fast,35,1") && labels.contains("test/01-fast,34,0"))
    #expect(labels.contains("test/01-fast,64,1") && labels.contains("test/01-fast,65,0"))
  }

  @Test func clipsTooShortForATestAreRefused() throws {
    let script = TestData.packageRoot.appending(path: "Benchmarks/synthetic/make-irregular").path
    let short = try clip("short.mp4", gray: 90, rate: 10, seconds: 12)
    let output = folder.url.appending(path: "none").path
    #expect(try run(python, [script, output, short]) == 2)
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
