public import Foundation

/// Tells systemd about the service: the sd_notify protocol over its datagram socket, without libsystemd.
///
/// Notifying is best effort, as sd_notify(3) advises: the service works the same without a manager that listens.
public struct SystemdNotifier: Sendable {
  /// What can be told.
  public enum Message: Sendable, Equatable {
    /// The service has started: ends `systemctl start`.
    case ready
    /// The service has begun to stop.
    case stopping
    /// The service is alive: restarts the watchdog's time.
    case watchdog
    /// One line for `systemctl status`.
    case status(String)

    /// The line of the protocol.
    var line: String {
      switch self {
      case .ready: "READY=1"
      case .stopping: "STOPPING=1"
      case .watchdog: "WATCHDOG=1"
      case .status(let text): "STATUS=" + text.replacing("\n", with: " ")
      }
    }
  }

  /// How long systemd waits between two signs of life before it kills the service; nil without a watchdog.
  public let watchdogTimeout: Duration?
  private let socketPath: String?

  /// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
  ///
  /// - Parameters:
  ///   - environment: Where they are looked up.
  ///   - processID: This process, which `WATCHDOG_PID` must name for the watchdog to be meant for it.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    processID: Int32 = ProcessInfo.processInfo.processIdentifier
  ) {
    socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
    let isForUs = environment["WATCHDOG_PID"].map { Int32($0) == processID } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
    watchdogTimeout = isForUs && microseconds > 0 ? .microseconds(microseconds) : nil
  }

  /// Sends messages in one datagram.
  ///
  /// - Returns: Whether the manager's socket took them; false where there is none.
  @discardableResult
  public func send(_ messages: Message...) -> Bool {
    guard let socketPath, let address = UnixSocketAddress(socketPath) else { return false }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let text = Array(messages.map(\.line).joined(separator: "\n").utf8)
    let sent = address.withSockaddr { pointer, length in
      // A manager that does not read must not stop the service: its full socket loses the message instead.
      sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), pointer, length)
    }
    return sent == text.count
  }
}
