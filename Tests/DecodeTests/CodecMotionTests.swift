import Foundation
import TestKit
import Testing

@testable import Decode

/// The motion fields that come out of the vectors of coded streams.
@Suite(.enabled(if: FFmpegCommand.isInstalled)) struct CodecMotionTests {
  private let folder: ScratchFolder
  private let size = PictureSize(width: 256, height: 192)

  init() throws { folder = try ScratchFolder() }

  private func options(_ rate: Double? = nil) -> ReaderOptions {
    ReaderOptions(analysisFramesPerSecond: rate, motion: .codecOrEstimated)
  }

  /// As a camera codes: no B-frames, one reference.
  private static let camera = [
    "-c:v", "libx264", "-bf", "0", "-refs", "1", "-qp", "16", "-g", "250", "-pix_fmt", "yuv420p",
  ]

  private func pan(_ count: Int, _ dx: Double, _ dy: Double) -> [GrayPicture] {
    (0..<count).map { SyntheticMotion.translated(size, dx * Double($0), dy * Double($0)) }
  }

  /// 2 pixels right and 1.5 up per frame: 1 and 1 analysis pixel. Of MPEG streams with B-frames, the decoder hands out the
  /// last frame without its vectors.
  @Test(arguments: [
    camera,
    ["-c:v", "libx264", "-bf", "2", "-b_strategy", "0", "-refs", "1", "-qp", "16", "-pix_fmt", "yuv420p"],
    [
      "-c:v", "libx264", "-bf", "3", "-x264-params", "b-pyramid=normal:b-adapt=0", "-qp", "16", "-pix_fmt",
      "yuv420p",
    ],
    ["-c:v", "mpeg4", "-g", "100", "-q:v", "2", "-pix_fmt", "yuv420p"],
    ["-c:v", "mpeg4", "-g", "100", "-q:v", "2", "-bf", "2", "-pix_fmt", "yuv420p"],
    ["-c:v", "mpeg2video", "-g", "100", "-q:v", "2", "-bf", "2", "-pix_fmt", "yuv420p", "-r", "25"],
  ]) func velocityIsPerSecondWhateverTheReferences(codec: [String]) throws {
    let clip = try SyntheticMotion.clip(pan(16, 2, -1.5), framesPerSecond: 25, in: folder, codec)
    let frames = try SyntheticMotion.frames(of: clip, options())
    #expect(frames.count == 16 && frames[0].motion?.origin == MotionField.Origin.none)
    for frame in frames.dropFirst(4).dropLast() {
      let motion = try #require(frame.motion)
      #expect(motion.origin == .codec)
      let mean = motion.mean(x: 16..<112, y: 16..<112)
      #expect(abs(mean.x - 25) < 4 && abs(mean.y + 25) < 4, "\(codec) \(frame.index): \(mean)")
    }
  }

  /// Frames that are not delivered count: the field covers the analysis interval.
  @Test func framesInBetweenCount() throws {
    let pictures = (0..<13).map { SyntheticMotion.translated(size, $0 <= 6 ? 0 : 3 * Double($0 - 6), 0) }
    let clip = try SyntheticMotion.clip(pictures, framesPerSecond: 12, in: folder, Self.camera)
    // At 3 frames a second the interval from frame 4 to 8 has two still frames and two of 18 analysis pixels a second.
    let frames = try SyntheticMotion.frames(of: clip, options(3))
    let means = try frames.map { try #require($0.motion).mean(x: 24..<112, y: 16..<112).x }
    #expect(means.count == 4)
    #expect(abs(means[1]) < 0.5 && abs(means[2] - 9) < 2 && abs(means[3] - 18) < 2, "\(means)")
  }

  @Test func motionIsWhereTheSquareIs() throws {
    let pictures = (0..<8).map { SyntheticMotion.square(size, side: 48, x: 40 + 4 * Double($0), y: 72) }
    let clip = try SyntheticMotion.clip(pictures, in: folder, Self.camera)
    let motion = try #require(SyntheticMotion.frames(of: clip, options()).last?.motion)
    #expect(motion.origin == .codec)
    let inside = motion.mean(x: 38..<54, y: 52..<76)
    #expect(abs(inside.x - 20) < 4 && abs(inside.y) < 2, "\(inside)")
    #expect(motion.mean(x: 76..<128, y: 0..<128).length < 0.5)
    #expect(motion.mean(x: 0..<128, y: 0..<32).length < 0.5)
  }

  /// An I-frame has no vectors: the velocity before it is kept by half.
  @Test func intraFramesKeepHalf() throws {
    let clip = try SyntheticMotion.clip(
      pan(8, 2, 0), in: folder, Self.camera + ["-force_key_frames", "expr:eq(n,5)", "-sc_threshold", "0"])
    let frames = try SyntheticMotion.frames(of: clip, options())
    let means = try frames.map { try #require($0.motion).mean(x: 16..<112, y: 16..<112).x }
    #expect(abs(means[5] - means[4] / 2) < 1e-3 && abs(means[4] - 10) < 1.5, "\(means)")
    #expect(abs(means[6] - 10) < 1.5)
    #expect(frames[5].motion?.origin == .codec)
  }

  /// All pictures are I-frames: from the second without vectors on, motion is estimated. So for codecs without vectors.
  @Test(arguments: [
    ["-c:v", "libx264", "-g", "1", "-qp", "10", "-pix_fmt", "yuv420p"], ["-c:v", "ffv1", "-pix_fmt", "gray"],
  ]) func withoutVectorsMotionIsEstimated(codec: [String]) throws {
    let clip = try SyntheticMotion.clip(pan(6, 2, 0), in: folder, codec)
    for frame in try SyntheticMotion.frames(of: clip, options()).dropFirst(2) {
      let motion = try #require(frame.motion)
      #expect(motion.origin == .estimated)
      #expect(abs(motion.mean(x: 16..<112, y: 16..<112).x - 10) < 0.6)
    }
  }

  @Test(arguments: [90, 180, 270]) func rotatedVectorsGoWithThePicture(degrees: Int) throws {
    let clip = try SyntheticMotion.clip(pan(5, 3, 1), in: folder, name: "lying.mp4", Self.camera)
    let turned = folder.url.appending(path: "turned.mp4")
    try FFmpegCommand.run(
      ["ffmpeg", "-v", "error", "-i", try #require(clip.filePath), "-c", "copy"]
        + ["-metadata:s:v:0", "rotate=\(degrees)", turned.path])
    let location = MediaLocation(file: turned)
    let coded = try #require(SyntheticMotion.frames(of: location, options()).last?.motion)
    let estimated = try #require(
      SyntheticMotion.frames(of: location, ReaderOptions(motion: .estimated)).last?.motion)
    let (a, b) = (coded.mean(x: 24..<104, y: 24..<104), estimated.mean(x: 24..<104, y: 24..<104))
    #expect(a.length > 10 && (a - b).length < 2, "\(a) \(b)")
  }

  @Test func aStillSceneIsStill() throws {
    let scene = SyntheticMotion.translated(size, 0, 0)
    let pictures = (0..<6).map { SyntheticMotion.noisy(scene, deviation: 1.5, seed: $0) }
    let clip = try SyntheticMotion.clip(
      pictures, in: folder,
      ["-c:v", "libx264", "-bf", "0", "-refs", "1", "-crf", "23", "-pix_fmt", "yuv420p"])
    for frame in try SyntheticMotion.frames(of: clip, options()) {
      #expect(try #require(frame.motion).mean(x: 0..<128, y: 0..<128).length < 0.5)
    }
  }

  @Test func replayGivesTheSameBits() throws {
    let clip = try SyntheticMotion.clip(pan(6, 2, 1), in: folder, ["-c:v", "libx264", "-pix_fmt", "yuv420p"])
    let (a, b) = (
      try SyntheticMotion.frames(of: clip, options()), try SyntheticMotion.frames(of: clip, options())
    )
    #expect(a.map(\.motion) == b.map(\.motion))
  }

  // MARK: The parts

  /// I0 P4 B2 (a reference) b1 b3, in decoding order.
  @Test func referencesAreTheNearestDecodedBefore() {
    var times = ReferenceTimes()
    for (ticks, isReference) in [(0, true), (400, true), (200, true), (100, false), (300, false)] {
      times.note(Int64(ticks), isReference: isReference)
    }
    #expect(times.distances(at: 0) == (nil, nil))
    #expect(times.distances(at: 400) == (400, nil))
    #expect(times.distances(at: 200) == (200, 200))
    #expect(times.distances(at: 100) == (100, 100))
    #expect(times.distances(at: 300) == (100, 100))
    #expect(times.distances(at: 7) == (nil, nil))
  }

  /// MPEG streams do not say it: I0 P3 b1 b2 P6.
  @Test func picturesShownBeforeEarlierOnesAreNoReferences() {
    var times = ReferenceTimes()
    for ticks in [0, 300, 100, 200, 600] { times.note(Int64(ticks), isReference: nil) }
    #expect(times.distances(at: 200) == (200, 100))
    #expect(times.distances(at: 600) == (300, nil))
  }

  @Test func slicesSayWhetherTheyAreReferences() {
    func isReference(_ bytes: [UInt8], _ lengthBytes: Int?) -> Bool? {
      bytes.withUnsafeBufferPointer { H264Packet.isReference($0, lengthBytes: lengthBytes) }
    }
    #expect(isReference([0, 0, 1, 0x09, 0x10, 0, 0, 0, 1, 0x65, 0x88], nil) == true)
    #expect(isReference([0, 0, 1, 0x01, 0x9a, 0], nil) == false)
    #expect(isReference([0, 0, 0, 2, 0x06, 0x05, 0, 0, 0, 2, 0x41, 0x9a], 4) == true)
    #expect(isReference([0, 2, 0x01, 0x9a], 2) == false)
    for bytes: [UInt8] in [
      [], [0], [0, 0, 1], [0, 0, 0, 9], [0xff, 0xff, 0xff, 0xff, 0x41], [0, 0, 1, 0x09, 1],
    ] {
      #expect(isReference(bytes, nil) == nil)
      #expect(isReference(Array(bytes.dropLast(1)), 4) == nil)
    }
  }
}
