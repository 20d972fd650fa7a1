import Decode
import Foundation
import TestKit
import Testing

/// Every frame that ffprobe decodes must come, and no other.
@Suite(.enabled(if: FFmpegCommand.isInstalled)) struct FrameCountTests {
  static let clips: [String] = {
    let videos = ["videos", "videos/odd"].flatMap { folder in
      (TestData.url(folder).flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) } ?? [])
        .map { folder + "/" + $0 }
    }
    let ped2 = ["ucsd_ped2/train/01.mp4", "ucsd_ped2/test/01.mp4", "ucsd_ped2/test/07.mp4"]
    let unusable = ["zero_bytes", "text.mp4", "random", "no_moov", "audio_only", "README"]
    return (videos + ped2.filter(TestData.has)).sorted().filter { clip in
      clip.contains(".") && !unusable.contains { clip.contains($0) }
    }
  }()

  private func count(_ clip: URL) throws -> Int {
    let reader = try VideoReader(MediaLocation(file: clip))
    var count = 0
    while try reader.next() != nil { count += 1 }
    let expected = try FFmpegCommand.frameCount(of: clip, videoStream: reader.info.videoStream)
    #expect(count == expected, "\(clip.lastPathComponent)")
    return count
  }

  @Test(arguments: clips) func footage(clip: String) throws {
    #expect(try count(#require(TestData.url(clip))) > 0)
  }

  @Test(arguments: [
    ("b-frames.mp4", ["-c:v", "libx264", "-bf", "3"]),
    ("mpeg4.avi", ["-c:v", "mpeg4", "-bf", "2"]),
    ("mjpeg.avi", ["-c:v", "mjpeg"]),
    ("mpeg2.ts", ["-c:v", "mpeg2video", "-bf", "2"]),
    ("ffv1.mkv", ["-c:v", "ffv1"]),
    ("rgb.mkv", ["-c:v", "ffv1", "-pix_fmt", "bgr0"]),
    ("gif.gif", []),
    ("vp9.webm", ["-c:v", "libvpx-vp9"]),
  ]) func generated(name: String, arguments: [String]) throws {
    let folder = try ScratchFolder()
    #expect(try count(folder.clip(name, arguments)) == 20)
  }
}
