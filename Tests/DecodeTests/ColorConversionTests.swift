import Decode
import Foundation
import Testing

@Suite(.enabled(if: FFmpegCommand.isInstalled)) struct ColorConversionTests {
  /// The first picture of a clip that lavfi makes, kept without loss.
  private func picture(_ source: String, format: String) throws -> ColorPicture {
    let folder = try ScratchFolder()
    let clip = folder.url.appending(path: "clip.mkv")
    try FFmpegCommand.run(
      ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-frames:v", "1"]
        + ["-c:v", "ffv1", "-pix_fmt", format, clip.path])
    let frame = try #require(try VideoReader(MediaLocation(file: clip)).next())
    return try frame.colorPicture()
  }

  @Test(arguments: [2, 16, 35, 64, 71]) func everyChannelStaysInItsPlace(width: Int) throws {
    let picture = try picture(
      "nullsrc=size=\(width)x18,format=gbrp,geq=r='X*3':g='Y*13':b='X+Y+100'", format: "bgr0")
    var expected: [UInt8] = []
    for y in 0..<18 {
      for x in 0..<width { expected += [UInt8(x * 3), UInt8(y * 13), UInt8(x + y + 100)] }
    }
    #expect(picture.pixels == expected)
  }

  /// Chroma has half as many rows. Between a greenish and a reddish half a row has three quarters of the nearer one.
  @Test func chromaIsInterpolatedBetweenRows() throws {
    let picture = try picture(
      "nullsrc=size=16x16,format=yuv420p,geq=lum=128:cb=128:cr='if(lt(Y,4),90,170)'", format: "yuv420p")
    func red(_ cr: Double) -> Double { (255.0 / 219) * 112 + 1.402 * (255.0 / 224) * (cr - 128) }
    let rows = [(5, 90.0), (6, 90), (7, 110), (8, 150), (9, 170), (10, 170)]
    for (row, cr) in rows {
      #expect(abs(Double(picture.pixels[(row * 16 + 8) * 3]) - red(cr)) <= 1.5, "row \(row)")
    }
  }
}
