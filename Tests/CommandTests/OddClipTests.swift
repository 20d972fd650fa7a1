import Foundation
import TestKit
import Testing

/// Every odd file that a reader meets, through the real binary.
@Suite(
  .enabled(if: SmallCamera.isAvailable),
  .enabled(if: TestData.has("videos/odd"), "the folder with odd videos is not there"))
struct OddClipTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func replay(_ name: String) throws -> AnalyticsBinary.Result {
    let clip = try #require(TestData.url("videos/odd/\(name)")).path
    let result = try AnalyticsBinary.run([
      "replay", clip, "--model", SmallCamera.shared().model.path, "--database",
      folder.url.appending(path: "log.db").path,
    ])
    #expect(result.exited, "ended by signal \(result.status)")
    #expect(result.stderr.contains("\(clip): "), "the file is named: \(result.stderr)")
    return result
  }

  private static let usable: [(name: String, words: [String])] = [
    ("base.mp4", ["60 of 60 frames scored"]),
    ("faststart.mp4", ["60 of 60 frames scored"]),
    ("one_frame.mp4", ["1 frame is fewer than one cube takes; nothing could be scored"]),
    ("five_frames.mp4", ["5 frames are fewer than one cube takes; nothing could be scored"]),
    ("vfr.mp4", ["frames"]),
    ("rotated90_meta.mp4", ["60 of 60 frames scored"]),
    ("tenbit.mp4", ["60 of 60 frames scored"]),
    ("tenbit_hevc.mp4", ["60 of 60 frames scored"]),
    ("gray.mp4", ["60 of 60 frames scored"]),
    ("interlaced.mpg", ["60 of 60 frames scored"]),
    ("odd_319x237.mkv", ["60 of 60 frames scored"]),
    ("tiny_17x13.mkv", ["60 of 60 frames scored"]),
    ("two_video_streams.mkv", ["60 of 60 frames scored", "video stream 1 of 2"]),
    ("stream.ts", ["60 of 60 frames scored"]),
    ("ts_lost_packets.ts", ["of 56 frames scored", "damaged frame"]),
    ("raw.h264", ["60 of 60 frames scored", "no timestamps"]),
    ("raw.mjpeg", ["60 of 60 frames scored", "no timestamps"]),
    ("size_change.mjpeg", ["70 of 70 frames scored", "2 changes of the picture size"]),
    ("bitflips.mp4", ["of 56 frames scored", "4 packets could not be decoded", "damaged frames"]),
    ("truncated.avi", ["130 of 130 frames scored", "the file is cut off: 130 of 795 frames could be read"]),
    (
      "truncated_faststart.mp4", ["12 frames are fewer than one cube takes", "12 of 60 frames could be read"]
    ),
    ("real_Megamind_bugy.avi", ["of 90 frames scored"]),
  ]

  @Test(arguments: usable) func whatCanBeReadIsScored(name: String, words: [String]) throws {
    let result = try replay(name)
    #expect(result.status == 0)
    for word in words { #expect(result.stderr.contains(word), "\(result.stderr)") }
  }

  @Test(arguments: [
    ("audio_only.mp4", "has no video stream, only audio (aac)"),
    ("truncated_no_moov.mp4", "cut off"), ("random.avi", "neither a video nor a picture"),
    ("text.mp4", "neither a video nor a picture"), ("zero_bytes.mp4", "the file is empty"),
  ]) func whatCannotBeReadIsRefused(name: String, words: String) throws {
    let result = try replay(name)
    #expect(result.status == 65)
    #expect(result.stdout.isEmpty && result.stderr.contains(words), "\(result.stderr)")
    let training = try AnalyticsBinary.run([
      "train", "--from", #require(TestData.url("videos/odd/\(name)")).path, "--output",
      folder.url.appending(path: "model").path, "--init", "scratch", "--steps", "1", "--size", "16x16",
    ])
    #expect(training.exited && training.status == 65)
    #expect(training.stderr.contains(name) && training.stderr.contains(words))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test func noOddFileIsForgotten() throws {
    let folder = try #require(TestData.url("videos/odd"))
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    let refused: Set = [
      "audio_only.mp4", "truncated_no_moov.mp4", "random.avi", "text.mp4", "zero_bytes.mp4",
    ]
    #expect(names == refused.union(Self.usable.map(\.name)))
  }
}
