import Decode
import Foundation
import Testing

/// Pictures from files, whole and cut off.
@Suite(.enabled(if: FFmpegCommand.isInstalled)) struct PictureFileTests {
  /// A picture with something in every part of it.
  private func file(_ name: String, in folder: ScratchFolder) throws -> Data {
    let url = folder.url.appending(path: name)
    try FFmpegCommand.run([
      "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=96x160", "-frames:v", "1", url.path,
    ])
    return try Data(contentsOf: url)
  }

  @Test(arguments: ["a.jpg", "a.png"]) func whatIsCutOffIsNoPicture(name: String) throws {
    let folder = try ScratchFolder()
    let whole = try file(name, in: folder)
    let url = folder.url.appending(path: "cut-" + name)
    for share in [0.3, 0.5, 0.9] {
      try whole.prefix(Int(share * Double(whole.count))).write(to: url)
      let error = #expect(throws: DecodeError.self, "\(share)") { try ColorPicture(contentsOf: url) }
      #expect(error?.kind == .unreadable && error?.description.contains("cut off") == true)
    }
  }

  @Test(arguments: ["a.jpg", "a.png"]) func whatComesAfterAPictureDoesNotMatter(name: String) throws {
    let folder = try ScratchFolder()
    let whole = try file(name, in: folder)
    let url = folder.url.appending(path: "more-" + name)
    try (whole + Data("and more".utf8)).write(to: url)
    let picture = try ColorPicture(contentsOf: url)
    #expect(picture.pixels == (try ColorPicture(contentsOf: folder.url.appending(path: name)).pixels))
  }
}
