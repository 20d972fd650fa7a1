import Foundation
import Synchronization
import Testing

@testable import Decode

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct VideoReaderTests {
  @Test func missingFilesAndFolders() throws {
    let folder = try ScratchFolder()
    for (url, kind) in [
      (folder.url.appending(path: "none.mp4"), DecodeError.Kind.notFound), (folder.url, .inputOutput),
    ] {
      let error = #expect(throws: DecodeError.self) { try VideoReader(MediaLocation(file: url)) }
      #expect(error?.kind == kind)
      #expect(error?.description.contains(url.lastPathComponent) == true)
    }
  }

  @Test(.enabled(if: getuid() != 0)) func unreadableFile() throws {
    let folder = try ScratchFolder()
    let file = try folder.file("private.mp4", Data("x".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file.path)
    let error = #expect(throws: DecodeError.self) { try VideoReader(MediaLocation(file: file)) }
    #expect(error?.kind == .accessDenied)
  }

  @Test(.enabled(if: FFmpegCommand.isInstalled)) func readsAtTheAnalysisRate() throws {
    let folder = try ScratchFolder()
    let clip = try folder.clip("clip.mkv", frames: 20, ["-c:v", "ffv1"])
    let reader = try VideoReader(
      MediaLocation(file: clip), options: ReaderOptions(analysisFramesPerSecond: 5))
    var frames: [Frame] = []
    while let frame = try reader.next() { frames.append(frame) }
    #expect(frames.map(\.index) == Array(0..<10))
    #expect(frames.map(\.presentationTime) == (0..<10).map { .milliseconds(200 * $0) })
  }

  /// Frames that stand alone are not even decoded unless they are picked; that must not show.
  @Test(.enabled(if: FFmpegCommand.isInstalled), arguments: ["clip.avi", "clip.mjpeg", "clip.mkv"])
  func picksTheSameFramesOfMotionJPEG(name: String) throws {
    let folder = try ScratchFolder()
    let clip = MediaLocation(file: try folder.clip(name, frames: 31, ["-c:v", "mjpeg"]))
    let whole = try VideoReader(clip)
    var all: [Frame] = []
    while let frame = try whole.next() { all.append(frame) }
    let picking = try VideoReader(clip, options: ReaderOptions(analysisFramesPerSecond: 10.0 / 3))
    var picked: [Frame] = []
    while let frame = try picking.next() { picked.append(frame) }
    #expect(picked.map(\.gray) == stride(from: 0, to: 31, by: 3).map { all[$0].gray })
    #expect(picked.map(\.presentationTime) == stride(from: 0, to: 31, by: 3).map { all[$0].presentationTime })
    #expect(picking.position == whole.position)
    #expect(picking.losses == whole.losses)
  }

  @Test(.enabled(if: FFmpegCommand.isInstalled)) func tellsWhatAProgressBarNeeds() throws {
    let folder = try ScratchFolder()
    let clip = try folder.clip(
      "clip.mp4", frames: 20, ["-c:v", "libx264", "-metadata", "creation_time=2024-03-01T12:00:00.5Z"])
    let reader = try VideoReader(MediaLocation(file: clip))
    #expect(reader.info.duration == .seconds(2))
    #expect(reader.info.estimatedFrameCount == 20)
    #expect(reader.info.framesPerSecond == 10)
    #expect(reader.info.codec == "h264")
    #expect(abs((reader.info.creationTime?.timeIntervalSince1970 ?? 0) - 1_709_294_400) < 1)
    var fractions: [Double] = []
    while try reader.next() != nil { fractions.append(try #require(reader.fractionRead)) }
    #expect(
      fractions.sorted() == fractions && fractions.first == 0 && abs((fractions.last ?? 0) - 0.95) < 1e-9)
    #expect(reader.fractionRead == 1)
  }

  @Test(.enabled(if: FFmpegCommand.isInstalled)) func coverArtIsNoVideo() throws {
    let folder = try ScratchFolder()
    let cover = try folder.clip("cover.png", frames: 1)
    let song = folder.url.appending(path: "song.m4a")
    try FFmpegCommand.run(
      [
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", "-i", cover.path, "-map", "0",
        "-map", "1",
      ]
        + ["-c:a", "aac", "-c:v", "copy", "-disposition:v:0", "attached_pic", song.path])
    let error = #expect(throws: DecodeError.self) { try VideoReader(MediaLocation(file: song)) }
    #expect(error?.kind == .noVideo)
  }

  @Test(.enabled(if: FFmpegCommand.isInstalled)) func aTruncatedMatroskaFileSaysWhereItEnds() throws {
    let folder = try ScratchFolder()
    let whole = try Data(contentsOf: folder.clip("whole.mkv", frames: 100, ["-c:v", "ffv1"]))
    let half = try folder.file("half.mkv", whole.prefix(whole.count / 2))
    let reader = try VideoReader(MediaLocation(file: half))
    var count = 0
    while try reader.next() != nil { count += 1 }
    #expect((40..<60).contains(count))
    #expect(reader.losses.truncation?.contains("of 10.0 s") == true, "\(reader.losses)")
  }

  @Test(.enabled(if: FFmpegCommand.isInstalled)) func cancellationEndsReading() throws {
    let folder = try ScratchFolder()
    let clip = try folder.clip("clip.mkv", ["-c:v", "ffv1"])
    let options = ReaderOptions()
    let reader = try VideoReader(MediaLocation(file: clip), options: options)
    #expect(try reader.next() != nil)
    options.cancellation.cancel()
    for _ in 0..<2 {
      let error = #expect(throws: DecodeError.self) { try reader.next() }
      #expect(error?.kind == .cancelled)
    }
  }

  @Test(.enabled(if: FFmpegCommand.isInstalled)) func picturesOutliveTheirReader() throws {
    let folder = try ScratchFolder()
    let clip = try folder.clip("clip.mp4", ["-c:v", "libx264"])
    var frames: [Frame] = []
    do {
      let reader = try VideoReader(MediaLocation(file: clip))
      while let frame = try reader.next() { frames.append(frame) }
    }
    let pictures = try frames.map { try $0.colorPicture() }
    #expect(Set(pictures).count == 20)
  }

  // MARK: The network

  @Test(arguments: ["rtsp", "http"]) func aServerThatNeverAnswersTimesOut(scheme: String) throws {
    let server = try SilentServer()
    let location = MediaLocation("\(scheme)://admin:s3cret@127.0.0.1:\(server.port)/stream?token=abc")
    // Every look at this clock lets a second pass.
    let looks = Mutex(0)
    let clock = MonotonicClock {
      .seconds(
        looks.withLock { looks in
          looks += 1
          return looks
        })
    }
    let error = #expect(throws: DecodeError.self) {
      try VideoReader(location, options: ReaderOptions(ioTimeout: .seconds(5), clock: clock))
    }
    #expect(error?.kind == .timedOut)
    #expect(error?.description.contains("\(scheme)://***@127.0.0.1:\(server.port)/stream?token=***") == true)
  }

  @Test func cancellationReachesAReaderThatWaits() throws {
    let server = try SilentServer()
    let options = ReaderOptions(ioTimeout: .seconds(600))
    // Cancelled from the thread of another reader: here, as soon as the first look at the clock shows it waits.
    var watched = options
    let cancellation = options.cancellation
    let looks = Mutex(0)
    watched.clock = MonotonicClock {
      let isWaiting = looks.withLock { looks in
        looks += 1
        return looks > 2
      }
      if isWaiting { Thread.detachNewThread { cancellation.cancel() } }
      return .zero
    }
    let error = #expect(throws: DecodeError.self) {
      try VideoReader(MediaLocation("rtsp://127.0.0.1:\(server.port)/"), options: watched)
    }
    #expect(error?.kind == .cancelled)
  }

  @Test func nobodyListens() throws {
    let port = try SilentServer().port  // closed again at once
    let error = #expect(throws: DecodeError.self) {
      try VideoReader(MediaLocation("rtsp://admin:s3cret@127.0.0.1:\(port)/"))
    }
    #expect(error?.kind == .inputOutput)
    #expect(error?.description.contains("s3cret") == false)
    #expect(error?.description.contains("refused") == true, "\(error?.description ?? "")")
  }
}

/// Accepts connections on loopback, as every listening socket does by itself, and never answers.
final class SilentServer {
  let port: UInt16
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    try #require(isListening)
  }

  deinit { close(descriptor) }
}
