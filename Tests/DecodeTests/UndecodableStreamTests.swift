import Foundation
import Synchronization
import Testing

@testable import Decode

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct UndecodableStreamTests {
  private static let packetCount = 40_000

  /// Some pictures, then packets without end that are framed like pictures and are none.
  private func stream() throws -> Data {
    let size = PictureSize(width: 64, height: 48)
    let picture = try ColorPicture(size: size, pixels: .init(repeating: 90, count: 3 * size.pixelCount))
      .jpegData(quality: 80)
    let header = try #require(picture.range(of: Data([0xff, 0xc0])))
    var broken = picture
    // The header of the picture becomes a note for some application.
    broken.replaceSubrange(header, with: [0xff, 0xe9])
    var stream = Data()
    for _ in 0..<50 { stream += picture }
    for _ in 0..<Self.packetCount { stream += broken }
    return stream
  }

  /// Every packet comes at once, so that no read is ever late; but none gives a picture.
  @Test func aLiveSourceWithoutPicturesTimesOut() throws {
    let server = try StreamServer(stream())
    // Once the stream is open, every look at this clock lets a tenth of a second pass.
    let time = Mutex<(now: Duration, runs: Bool)>((.zero, false))
    let clock = MonotonicClock {
      time.withLock { time in
        if time.runs { time.now += .milliseconds(100) }
        return time.now
      }
    }
    let reader = try VideoReader(
      MediaLocation("http://127.0.0.1:\(server.port)/live.mjpeg"),
      options: ReaderOptions(ioTimeout: .seconds(10), clock: clock))
    #expect(reader.info.isLive)
    _ = try #require(try reader.next())
    time.withLock { $0.runs = true }
    var last = Duration.zero
    let error = #expect(throws: DecodeError.self) {
      repeat { last = time.withLock { $0.now } } while try reader.next() != nil
    }
    #expect(error?.kind == .timedOut, "\(String(describing: error))")
    // It was given up in time, with most of the stream unread.
    let waited = time.withLock { $0.now } - last
    #expect(waited >= ReaderOptions.longestWaitForFrame)
    #expect(waited < ReaderOptions.longestWaitForFrame + .seconds(1))
    #expect(reader.losses.undecodablePackets < Self.packetCount / 2)
  }
}

/// Sends the same bytes to the first who connects, as a live HTTP stream without a length, and then ends.
private final class StreamServer {
  let port: UInt16

  init(_ stream: Data) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    try #require(isListening)
    Thread.detachNewThread {
      let connection = accept(listener, nil, nil)
      defer {
        close(connection)
        close(listener)
      }
      var request = [UInt8](repeating: 0, count: 4_096)
      _ = recv(connection, &request, request.count, 0)
      let response = Data("HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n".utf8) + stream
      response.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
        var sent = 0
        while let start = bytes.baseAddress, sent < bytes.count {
          let count = send(connection, start + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
          if count <= 0 { return }
          sent += count
        }
      }
    }
  }
}
