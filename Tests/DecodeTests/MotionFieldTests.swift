import Foundation
import TestKit
import Testing

@testable import Decode

/// The motion fields of a reader, estimated from its pictures.
@Suite(.enabled(if: FFmpegCommand.isInstalled)) struct MotionFieldTests {
  private let folder: ScratchFolder
  private let size = PictureSize(width: 256, height: 192)

  init() throws { folder = try ScratchFolder() }

  private func options(_ rate: Double? = nil) -> ReaderOptions {
    ReaderOptions(analysisFramesPerSecond: rate, motion: .estimated)
  }

  @Test func noneUnlessAskedFor() throws {
    let clip = try SyntheticMotion.clip(
      (0..<3).map { SyntheticMotion.translated(size, Double($0), 0) }, in: folder)
    #expect(try SyntheticMotion.frames(of: clip, ReaderOptions()).allSatisfy { $0.motion == nil })
  }

  /// 2 pixels right and 1.5 up per frame; 128 of 256 columns and 128 of 192 rows.
  @Test(arguments: [5, 10, 25]) func velocityIsPerSecondAndInAnalysisPixels(framesPerSecond: Int) throws {
    let clip = try SyntheticMotion.clip(
      (0..<4).map { SyntheticMotion.translated(size, 2 * Double($0), -1.5 * Double($0)) },
      framesPerSecond: framesPerSecond, in: folder)
    let frames = try SyntheticMotion.frames(of: clip, options())
    #expect(frames.count == 4)
    for frame in frames.dropFirst() {
      let motion = try #require(frame.motion)
      #expect(motion.origin == .estimated && motion.columns == 64 && motion.rows == 64)
      let mean = motion.mean(x: 10..<118, y: 10..<118)
      #expect(abs(mean.x / Float(framesPerSecond) - 1) < 0.03, "\(mean)")
      #expect(abs(mean.y / Float(framesPerSecond) + 1) < 0.03, "\(mean)")
    }
  }

  @Test func theFirstFrameHasNone() throws {
    let clip = try SyntheticMotion.clip([SyntheticMotion.translated(size, 0, 0)], in: folder)
    let motion = try #require(SyntheticMotion.frames(of: clip, options()).first?.motion)
    #expect(motion.origin == .none)
    #expect(motion.velocities == Array(repeating: .zero, count: 64 * 64))
  }

  /// At half the source's rate the pixels per frame double, the velocity does not.
  @Test func velocityDoesNotDependOnTheAnalysisRate() throws {
    let clip = try SyntheticMotion.clip(
      (0..<9).map { SyntheticMotion.translated(size, 1.5 * Double($0), 0) }, in: folder)
    for rate in [10.0, 5, 2.5] {
      for frame in try SyntheticMotion.frames(of: clip, options(rate)).dropFirst() {
        let mean = try #require(frame.motion).mean(x: 16..<112, y: 10..<118)
        #expect(abs(mean.x - 7.5) < 0.4 && abs(mean.y) < 0.25, "\(rate): \(mean)")
      }
    }
  }

  @Test func motionIsWhereTheSquareIs() throws {
    let clip = try SyntheticMotion.clip(
      (0..<3).map { SyntheticMotion.square(size, side: 48, x: 60 + 4 * Double($0), y: 72) }, in: folder)
    let motion = try #require(SyntheticMotion.frames(of: clip, options()).last?.motion)
    // Now at x 68…116 and y 72…120 of 256×192: at 34…58 and 48…80 of the analysis picture.
    let inside = motion.mean(x: 38..<54, y: 52..<76)
    #expect(abs(inside.x - 20) < 2 && abs(inside.y) < 1, "\(inside)")
    #expect(motion.mean(x: 0..<20, y: 0..<128).length < 0.5)
    #expect(motion.mean(x: 76..<128, y: 0..<128).length < 0.5)
    #expect(motion.mean(x: 0..<128, y: 0..<32).length < 0.5)
  }

  /// Width by height as shown, whatever the size of the pixels. 64×48 coded pixels.
  @Test(arguments: [("1/1", 0, 4.0 / 3), ("2/1", 0, 8.0 / 3), ("16/15", 90, 0.703_125), ("0/1", 0, 4.0 / 3)])
  func pixelsNeedNotBeSquare(pixel: String, turn: Int, aspectRatio: Double) throws {
    let coded = try folder.clip("coded.mp4", frames: 2, ["-vf", "setsar=\(pixel)", "-c:v", "libx264"])
    let clip = folder.url.appending(path: "turned.mp4")
    try FFmpegCommand.run(
      [
        "ffmpeg", "-v", "error", "-i", coded.path, "-c", "copy", "-metadata:s:v:0", "rotate=\(turn)",
        clip.path,
      ])
    let frame = try #require(try SyntheticMotion.frames(of: MediaLocation(file: clip), options()).first)
    #expect(
      frame.fullSize == (turn == 0 ? PictureSize(width: 64, height: 48) : PictureSize(width: 48, height: 64)))
    #expect(abs(frame.aspectRatio - aspectRatio) < 1e-6, "\(frame.aspectRatio)")
  }

  @Test func rotatedPicturesMoveUpright() throws {
    let clip = try SyntheticMotion.clip(
      (0..<3).map { SyntheticMotion.translated(size, 3 * Double($0), 0) }, in: folder, name: "lying.mp4",
      ["-c:v", "libx264", "-qp", "10", "-pix_fmt", "yuv420p"])
    let turned = folder.url.appending(path: "turned.mp4")
    let path = try #require(clip.filePath)
    try FFmpegCommand.run(
      ["ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned.path])
    let frame = try #require(
      SyntheticMotion.frames(of: MediaLocation(file: turned), options()).last)
    #expect(frame.fullSize == size.transposed)
    // The same turn that the pictures take: right in the coded picture is 3 · 128/256 pixels a frame along one axis.
    let mean = try #require(frame.motion).mean(x: 16..<112, y: 16..<112)
    #expect(abs(abs(mean.y) - 15) < 0.6 && abs(mean.x) < 0.5, "\(mean)")
    let still = try #require(SyntheticMotion.frames(of: MediaLocation(file: turned), options()).first)
    #expect(still.motion?.origin == MotionField.Origin.none)
  }

  @Test func replayGivesTheSameBits() throws {
    let clip = try SyntheticMotion.clip(
      (0..<5).map { SyntheticMotion.square(size, side: 40, x: 40 + 5 * Double($0), y: 60) }, in: folder)
    let (a, b) = (
      try SyntheticMotion.frames(of: clip, options()), try SyntheticMotion.frames(of: clip, options())
    )
    #expect(a.map(\.motion) == b.map(\.motion))
  }

  @Test func aGapHasNoMotion() throws {
    let pictures = (0..<6).map { SyntheticMotion.translated(size, Double($0), 0) }
    let clip = try SyntheticMotion.clip(
      pictures, in: folder,
      ["-vf", "setpts='PTS+gte(N,3)*5/TB'", "-fps_mode", "passthrough", "-c:v", "ffv1", "-pix_fmt", "gray"])
    let origins = try SyntheticMotion.frames(of: clip, options()).map { $0.motion?.origin }
    #expect(origins == [.none, .estimated, .estimated, .none, .estimated, .estimated].map { .some($0) })
  }

  @Test(.enabled(if: TestData.has("videos/odd"))) func changesOfSizeHaveNoMotion() throws {
    let clip = try #require(TestData.url("videos/odd/size_change.mjpeg"))
    let frames = try SyntheticMotion.frames(of: MediaLocation(file: clip), options())
    var changes = 0
    for (before, after) in zip(frames, frames.dropFirst()) {
      let origin = try #require(after.motion).origin
      #expect((origin == .none) == (before.fullSize != after.fullSize))
      changes += before.fullSize == after.fullSize ? 0 : 1
    }
    #expect(changes > 0)
  }

  @Test(.enabled(if: TestData.has("videos/odd")), arguments: [MotionSource.estimated, .codecOrEstimated])
  func oddFilesAreReadAsWithoutMotion(source: MotionSource) throws {
    let folder = try #require(TestData.url("videos/odd"))
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
      let clip = MediaLocation(file: folder.appending(path: name))
      let plain = Result { try SyntheticMotion.frames(of: clip, ReaderOptions()) }
      let moving = Result { try SyntheticMotion.frames(of: clip, ReaderOptions(motion: source)) }
      switch (plain, moving) {
      case (.success(let plain), .success(let moving)):
        #expect(plain.map(\.gray) == moving.map(\.gray), "\(name)")
        for (index, frame) in moving.enumerated() {
          let motion = try #require(frame.motion, "\(name)")
          #expect(motion.velocities.count == 64 * 64)
          #expect(motion.velocities.allSatisfy { $0.x.isFinite && $0.y.isFinite }, "\(name)")
          if index == 0 || frame.isDamaged || moving[index - 1].isDamaged {
            #expect(motion.origin == .none, "\(name) \(index)")
          }
        }
      case (.failure(let plain), .failure(let moving)): #expect("\(plain)" == "\(moving)")
      default: Issue.record("\(name): \(plain) without motion, \(moving) with it")
      }
    }
  }

  @Test(arguments: [
    (360, 240, 216, 144), (17, 13, 17, 13), (1920, 1080, 235, 132), (240, 360, 144, 216),
    (768, 576, 203, 152),
    (100_000, 2, 4096, 1),
  ]) func motionPicturesKeepTheirProportions(width: Int, height: Int, toWidth: Int, toHeight: Int) {
    #expect(
      MotionTracker.pictureSize(for: PictureSize(width: width, height: height))
        == PictureSize(width: toWidth, height: toHeight))
  }
}
