import Foundation
import Testing

/// Runs FFmpeg's commands, and makes small clips with them, so that tests need no footage.
enum FFmpegCommand {
  static let isInstalled = ["ffmpeg", "ffprobe"].allSatisfy { (try? run([$0, "-version"])) != nil }

  struct Failure: Error { let status: Int32 }

  /// The standard output of a command.
  @discardableResult
  static func run(_ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
    return data
  }

  /// The frames that ffprobe decodes of stream `v:index`.
  static func frameCount(of clip: URL, videoStream index: Int) throws -> Int {
    let output = try run(
      ["ffprobe", "-v", "quiet", "-threads", "1", "-select_streams", "v:\(index)", "-count_frames"]
        + ["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", "file:" + clip.path])
    let first = String(decoding: output, as: UTF8.self).split { !$0.isNumber }.first
    return try #require(first.flatMap { Int($0) })
  }

  /// All frames as gray at `width`×`height`, scaled by FFmpeg's area filter in full range.
  static func grayFrames(of clip: URL, width: Int, height: Int) throws -> [[UInt8]] {
    let output = try run(
      [
        "ffmpeg", "-v", "quiet", "-i", "file:" + clip.path, "-map", "0:v:0", "-fps_mode", "passthrough",
        "-vf",
      ]
        + [
          "scale=\(width):\(height):flags=area+accurate_rnd:out_range=full,format=gray", "-f", "rawvideo",
          "-",
        ])
    let bytes = [UInt8](output)
    return stride(from: 0, to: bytes.count, by: width * height).map {
      Array(bytes[$0..<($0 + width * height)])
    }
  }
}

/// A folder that goes away with its last user.
final class ScratchFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: "analytics-decode-\(UUID())")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }

  /// A clip of FFmpeg's moving test picture; `arguments` name the codec and whatever else is special.
  func clip(
    _ name: String, size: String = "64x48", frames: Int = 20, source: String = "testsrc2",
    _ arguments: [String] = []
  ) throws -> URL {
    let clip = url.appending(path: name)
    try FFmpegCommand.run(
      [
        "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "\(source)=size=\(size):rate=10", "-frames:v",
        "\(frames)",
      ]
        + arguments + [clip.path])
    return clip
  }

  func file(_ name: String, _ contents: Data) throws -> URL {
    let file = url.appending(path: name)
    try contents.write(to: file)
    return file
  }
}
