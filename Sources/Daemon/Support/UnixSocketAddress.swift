import Foundation

/// The address of a Unix socket: a path, or a name in the abstract namespace, written with a leading `@`.
struct UnixSocketAddress {
  private var address = sockaddr_un()
  private let length: socklen_t

  /// Nil where the name is empty or too long for an address.
  init?(_ name: String) {
    var bytes = Array(name.utf8)
    guard bytes.count > 1, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    let isAbstract = bytes[0] == UInt8(ascii: "@")
    if isAbstract { bytes[0] = 0 }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    // An abstract name ends with the address; a path ends with its zero byte.
    let pathOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    length = socklen_t(pathOffset + bytes.count + (isAbstract ? 0 : 1))
  }

  /// Lends the address as the socket calls take it.
  func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
