import Foundation

/// A service manager's end of sd_notify: a datagram socket that is bound to a path or an abstract name.
public final class ManagerSocket: Sendable {
  /// The socket could not be made.
  public struct Failure: Error {
    /// What the system says.
    public let errno: Int32
  }

  private let descriptor: Int32

  /// Binds a socket to a path, or to an abstract name written with a leading `@`.
  public init(boundTo name: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
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
    guard bound == 0 else { throw Failure(errno: errno) }
  }

  deinit { close(descriptor) }

  /// The next datagram, waiting for it on the calling thread.
  public func receive() -> String {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  /// The next datagram, without holding up a thread of the cooperative pool.
  public func next() async -> String {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: self.receive()) }
    }
  }
}
