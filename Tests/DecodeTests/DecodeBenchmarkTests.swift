import Foundation
import Testing

@testable import Decode

@Suite struct DecodeBenchmarkTests {
  /// What is asked for is not always what a clip can give.
  @Test(.enabled(if: FFmpegCommand.isInstalled), arguments: [("libx264", true), ("msmpeg4", false)])
  func whereMotionCameFromIsCounted(codec: String, hasVectors: Bool) throws {
    let folder = try ScratchFolder()
    let clip = try folder.clip("clip.avi", ["-c:v", codec, "-pix_fmt", "yuv420p", "-bf", "0"])
    let result = try DecodeBenchmark(clip: clip, rounds: 1, motion: .codecOrEstimated).run()
    #expect((result.codecMotionFrames ?? 0 > 0) == hasVectors)
    #expect((result.codecMotionFrames ?? 0) + (result.estimatedMotionFrames ?? 0) == 19)
    let still = try DecodeBenchmark(clip: clip, rounds: 1).run()
    #expect(still.codecMotionFrames == nil && still.estimatedMotionFrames == nil)
  }

  @Test func medians() {
    #expect(DecodeBenchmark.median([3, 1, 2]) == 2)
    #expect(DecodeBenchmark.median([4, 1, 2, 3]) == 2.5)
  }

  @Test(.enabled(if: FFmpegCommand.isInstalled)) func measuresBothSides() throws {
    let folder = try ScratchFolder()
    let clip = try folder.clip("clip.mp4", ["-c:v", "libx264"])
    let result = try DecodeBenchmark(clip: clip, rounds: 1, motion: .estimated).run()
    #expect(result.frames == 20)
    let ffmpeg = try #require(result.ffmpegMilliseconds)
    #expect(result.milliseconds > 0 && ffmpeg > 0)
    #expect(result.ratio == result.milliseconds / ffmpeg)
    let moving = try #require(result.motionMilliseconds)
    #expect(result.motionRatio == moving / result.milliseconds)
    #expect(result.codecMotionFrames == 0 && result.estimatedMotionFrames == 19)
    let json = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
    for key in [
      "milliseconds", "frames", "frames_per_second", "ffmpeg_milliseconds", "ratio", "motion_ratio",
      "codec_motion_frames", "estimated_motion_frames",
    ] {
      #expect(json.contains("\"\(key)\""))
    }
  }
}
