import Foundation

/// A service manager's end of sd_notify: a datagram socket that is bound to a path or an abstract name.
///
/// Datagrams are taken as they come, by a thread of its own: the system keeps a few, and a service does not wait.
public final class ManagerSocket: Sendable {
  /// The socket could not be made.
  public struct Failure: Error {
    /// What the system says.
    public let errno: Int32
  }

  private let descriptor: Int32
  private let datagrams: AsyncStream<String>

  /// Binds a socket to a path, or to an abstract name written with a leading `@`.
  public init(boundTo name: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(errno: errno) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    let isAbstract = bytes.first == UInt8(ascii: "@")
    if isAbstract { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(2 + bytes.count + (isAbstract ? 0 : 1))
    let bound = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard bound == 0 else {
      defer { close(descriptor) }
      throw Failure(errno: errno)
    }
    let (datagrams, taken) = AsyncStream.makeStream(of: String.self)
    (self.descriptor, self.datagrams) = (descriptor, datagrams)
    Thread { Self.take(from: descriptor, into: taken) }.start()
  }

  /// Wakes the thread, which closes the socket.
  deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private static func take(from descriptor: Int32, into taken: AsyncStream<String>.Continuation) {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      taken.yield(String(decoding: buffer.prefix(count), as: UTF8.self))
    }
    taken.finish()
    close(descriptor)
  }

  /// The next datagram.
  ///
  /// - Throws: `CancellationError` where the test is cancelled, as when its time is up.
  public func next() async throws -> String {
    for await datagram in datagrams { return datagram }
    throw CancellationError()
  }
}
