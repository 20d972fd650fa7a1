import Decode
import Foundation
import Testing

/// Gray pictures against FFmpeg's own scaler, which is another implementation of the same mean.
@Suite(.enabled(if: FFmpegCommand.isInstalled)) struct GrayTests {
  private func read(_ clip: URL, _ size: PictureSize) throws -> [GrayPicture] {
    let reader = try VideoReader(MediaLocation(file: clip), options: ReaderOptions(analysisSize: size))
    var pictures: [GrayPicture] = []
    while let frame = try reader.next() { pictures.append(frame.gray) }
    return pictures
  }

  @Test(arguments: [
    ("limited.mkv", ["-c:v", "ffv1", "-pix_fmt", "yuv420p"]),
    (
      "full.mkv",
      ["-c:v", "ffv1", "-pix_fmt", "yuv444p", "-color_range", "pc", "-vf", "scale=out_range=full"]
    ),
    ("ten-bit.mkv", ["-c:v", "ffv1", "-pix_fmt", "yuv420p10le"]),
    ("gray.mkv", ["-c:v", "ffv1", "-pix_fmt", "gray"]),
    ("rgb.mkv", ["-c:v", "ffv1", "-pix_fmt", "bgr0"]),
    ("h264.mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p"]),
  ]) func equalsFFmpeg(name: String, arguments: [String]) throws {
    let folder = try ScratchFolder()
    let clip = try folder.clip(name, size: "192x144", frames: 5, arguments)
    let ours = try read(clip, PictureSize(width: 48, height: 36))
    let reference = try FFmpegCommand.grayFrames(of: clip, width: 48, height: 36)
    #expect(ours.count == 5 && reference.count == 5)
    for (picture, expected) in zip(ours, reference) {
      let differences = zip(picture.pixels, expected).map { abs(Int($0) - Int($1)) }
      let mean = Double(differences.reduce(0, +)) / Double(differences.count)
      #expect(mean < 1, "\(name): \(mean)")
      #expect(differences.max() ?? 255 <= 4, "\(name)")
    }
  }

  @Test(arguments: ["yuv420p", "yuvj420p", "yuv420p10le", "gray", "bgr0"]) func blackIs0AndWhiteIs255(
    format: String
  ) throws {
    let folder = try ScratchFolder()
    for (color, level) in [("black", UInt8(0)), ("white", 255)] {
      let clip = folder.url.appending(path: "\(color).mkv")
      try FFmpegCommand.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "color=\(color):size=64x48", "-frames:v", "1"]
          + ["-c:v", format == "yuvj420p" ? "mjpeg" : "ffv1", "-pix_fmt", format, clip.path])
      let picture = try #require(read(clip, PictureSize(width: 16, height: 16)).first)
      #expect(picture.pixels.allSatisfy { abs(Int($0) - Int(level)) <= 1 }, "\(format) \(color)")
    }
  }

  @Test func interlacedMotionDoesNotComb() throws {
    let folder = try ScratchFolder()
    let clip = try folder.clip(
      "interlaced.mpg", size: "96x96", frames: 6,
      // Fields of different brightness: the worst comb there is.
      ["-vf", "geq=lum='if(mod(Y,2),200,50)':cb=128:cr=128,setfield=tff", "-c:v", "mpeg2video", "-q:v", "1"]
        + ["-flags", "+ilme+ildct", "-top", "1"])
    for picture in try read(clip, PictureSize(width: 96, height: 80)) {
      let (least, most) = (picture.pixels.min() ?? 0, picture.pixels.max() ?? 255)
      #expect(most - least < 16, "\(least)…\(most)")
    }
  }

  @Test func colorPictureAndJPEG() throws {
    let folder = try ScratchFolder()
    let clip = folder.url.appending(path: "red.mkv")
    try FFmpegCommand.run(
      ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:size=35x17,format=rgb24", "-frames:v", "1"]
        + ["-c:v", "ffv1", "-pix_fmt", "yuv444p", clip.path])
    let frame = try #require(try VideoReader(MediaLocation(file: clip)).next())
    let color = try frame.colorPicture()
    #expect(color.size == PictureSize(width: 35, height: 17))
    #expect(isRed(color, within: 3))
    let jpeg = try color.jpegData(quality: 95)
    #expect(try jpeg == color.jpegData(quality: 95))
    #expect(try jpeg.count >= color.jpegData(quality: 5).count)
    let again = try #require(try VideoReader(MediaLocation(file: folder.file("red.jpg", jpeg))).next())
      .colorPicture()
    #expect(again.size == color.size)
    #expect(isRed(again, within: 12))
  }

  private func isRed(_ picture: ColorPicture, within tolerance: Int) -> Bool {
    picture.pixels.enumerated().allSatisfy { index, value in
      abs(Int(value) - (index % 3 == 0 ? 255 : 0)) <= tolerance
    }
  }
}
