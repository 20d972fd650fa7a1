import Foundation
import TestKit

/// A camera of 64×48 pixels: clips that ffmpeg makes, and the model that `analytics train` makes of one of them.
struct SmallCamera: Sendable {
  /// The scene when nothing happens, 30 s at 10 frames a second: a noisy wall.
  let normal: URL
  /// The same wall for 20 s, with a white square before it from 8 s to 12 s.
  let event: URL
  /// `event` many times over, in one file.
  let long: URL
  /// The first second of `normal`: fewer frames than a cube takes.
  let short: URL
  /// What 5 steps on `normal` come to, at 32×32.
  let model: URL

  private let folder: TemporaryFolder

  static let isAvailable = (try? run("ffmpeg", "-version")) != nil

  /// Made once for all tests.
  static func shared() throws -> SmallCamera { try made.get() }

  private static let made = Result { try SmallCamera() }

  private init() throws {
    folder = try TemporaryFolder()
    normal = folder.url.appending(path: "normal.mkv")
    event = folder.url.appending(path: "event.mkv")
    long = folder.url.appending(path: "long.mkv")
    short = folder.url.appending(path: "short.mkv")
    model = folder.url.appending(path: "model.safetensors")
    try Self.encode(Self.wall(seconds: 30, seed: 1), to: normal)
    let visitor = "color=c=white:s=20x20:r=10[v];[w][v]overlay=x=20:y=12:enable='between(t,8,12)':shortest=1"
    try Self.encode(Self.wall(seconds: 20, seed: 2) + "[w];" + visitor, to: event)
    try Self.run(
      "ffmpeg", "-v", "error", "-stream_loop", "59", "-i", event.path, "-c", "copy", "-f", "matroska",
      long.path)
    try Self.encode(Self.wall(seconds: 1, seed: 3), to: short)
    let training = try AnalyticsBinary.run([
      "train", "--from", normal.path, "--output", model.path, "--init", "scratch", "--steps", "5", "--size",
      "32x32",
    ])
    guard training.status == 0 else { throw Failure(text: training.stderr) }
  }

  private static func wall(seconds: Int, seed: Int) -> String {
    "color=c=0x606060:s=64x48:r=10:d=\(seconds),noise=alls=12:all_seed=\(seed):allf=t"
  }

  private static func encode(_ graph: String, to file: URL) throws {
    try run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", graph, "-c:v", "mjpeg", "-q:v", "3", file.path)
  }

  struct Failure: Error { let text: String }

  /// Runs a command to its end.
  static func run(_ command: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(text: "\(command) failed") }
  }
}
