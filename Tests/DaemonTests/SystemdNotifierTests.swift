import Daemon
import Foundation
import TestKit
import Testing

@Suite struct SystemdNotifierTests {
  @Test func messagesReachASocketFile() async throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "notify").path
    let manager = try ManagerSocket(boundTo: path)
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": path])
    #expect(notifier.send(.ready, .status("2 of 3 cameras\nstream")))
    #expect(try await manager.next() == "READY=1\nSTATUS=2 of 3 cameras stream")
    #expect(notifier.send(.watchdog))
    #expect(try await manager.next() == "WATCHDOG=1")
    #expect(notifier.send(.stopping))
    #expect(try await manager.next() == "STOPPING=1")
  }

  @Test func messagesReachAnAbstractSocket() async throws {
    let name = "@analytics-test-\(UUID().uuidString)"
    let manager = try ManagerSocket(boundTo: name)
    #expect(SystemdNotifier(environment: ["NOTIFY_SOCKET": name]).send(.ready))
    #expect(try await manager.next() == "READY=1")
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
