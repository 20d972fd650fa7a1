import Foundation
import Testing

@testable import Decode

@Suite struct DecodeBenchmarkTests {
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
    let json = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
    for key in [
      "milliseconds", "frames", "frames_per_second", "ffmpeg_milliseconds", "ratio", "motion_ratio",
    ] {
      #expect(json.contains("\"\(key)\""))
    }
  }
}
