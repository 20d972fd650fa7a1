import Daemon
import Foundation
import Testing

/// A manager's end: a datagram socket that is bound to a path or an abstract name.
private final class ManagerSocket {
  private let descriptor: Int32

  init(boundTo name: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(descriptor >= 0)
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
    try #require(bound == 0)
  }

  deinit { close(descriptor) }

  func receive() -> String {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
}

@Suite struct SystemdNotifierTests {
  @Test func messagesReachASocketFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "notify").path
    let manager = try ManagerSocket(boundTo: path)
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": path])
    #expect(notifier.send(.ready, .status("2 of 3 cameras\nstream")))
    #expect(manager.receive() == "READY=1\nSTATUS=2 of 3 cameras stream")
    #expect(notifier.send(.watchdog))
    #expect(manager.receive() == "WATCHDOG=1")
    #expect(notifier.send(.stopping))
    #expect(manager.receive() == "STOPPING=1")
  }

  @Test func messagesReachAnAbstractSocket() throws {
    let name = "@analytics-test-\(UUID().uuidString)"
    let manager = try ManagerSocket(boundTo: name)
    #expect(SystemdNotifier(environment: ["NOTIFY_SOCKET": name]).send(.ready))
    #expect(manager.receive() == "READY=1")
  }

  @Test(arguments: ["", "@", "relative", "/no/such/socket", "/" + String(repeating: "x", count: 200)])
  func withoutAManagerNothingHappens(name: String) {
    #expect(!SystemdNotifier(environment: ["NOTIFY_SOCKET": name]).send(.ready))
    #expect(!SystemdNotifier(environment: [:]).send(.ready))
  }

  @Test(
    arguments: [
      (["WATCHDOG_USEC": "120000000"], Duration.seconds(120)),
      (["WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "42"], .seconds(120)),
      (["WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "43"], nil),
      (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "soon"], nil), ([:], nil),
    ] as [([String: String], Duration?)])
  func theWatchdogIsReadFromTheEnvironment(environment: [String: String], timeout: Duration?) {
    #expect(SystemdNotifier(environment: environment, processID: 42).watchdogTimeout == timeout)
  }
}
