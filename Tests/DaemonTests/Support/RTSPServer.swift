import Foundation
import TestKit

/// A real RTSP server on loopback, in a process of its own (`Fixtures/rtsp_server.py`, GStreamer).
final class RTSPServer: @unchecked Sendable {
  struct DidNotStart: Error {}

  /// Debian's Python, the one that has GStreamer's bindings.
  private static let python = "/usr/bin/python3"

  /// Whether this machine has what the server needs: packages `python3-gi`, `gir1.2-gst-rtsp-server-1.0`,
  /// `gstreamer1.0-plugins-base`, `-good`, `-bad` and `-ugly`.
  static let isAvailable: Bool = {
    let probe = Process()
    probe.executableURL = URL(filePath: python)
    probe.arguments = [
      "-c",
      """
      import gi
      gi.require_version("GstRtspServer", "1.0")
      from gi.repository import Gst, GstRtspServer
      Gst.init(None)
      names = ("multifilesrc", "jpegdec", "videoconvert", "x264enc", "rtph264pay")
      raise SystemExit(not all(Gst.ElementFactory.find(name) for name in names))
      """,
    ]
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return false }
    probe.waitUntilExit()
    return probe.terminationStatus == 0
  }()

  /// Where it listens.
  let port: Int
  // Confined to the test that owns the server.
  private let process = Process()
  private let input = Pipe()

  /// Starts a server of the JPEGs in a folder and waits until it listens.
  init(folder: URL, port: Int = 0) throws {
    let output = Pipe()
    process.executableURL = URL(filePath: Self.python)
    let script = TestData.packageRoot.appending(path: "Tests/DaemonTests/Fixtures/rtsp_server.py")
    process.arguments = [script.path, folder.path, "\(port)"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = ""
    while !line.hasSuffix("\n"), let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty
    {
      line += String(decoding: byte, as: UTF8.self)
    }
    guard line.hasPrefix("ready "), let port = Int(line.dropFirst(6).trimmingCharacters(in: .newlines)) else {
      throw DidNotStart()
    }
    self.port = port
  }

  deinit { kill() }

  /// Ends it at once, as if its power had failed.
  func kill() {
    guard process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Has it stand still, with its connections open.
  func freeze() { Foundation.kill(process.processIdentifier, SIGSTOP) }

  /// Has it go on.
  func thaw() { Foundation.kill(process.processIdentifier, SIGCONT) }
}
