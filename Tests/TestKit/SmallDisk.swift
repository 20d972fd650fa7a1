import Foundation

/// A file system of its own, in memory, unmounted with it.
public final class SmallDisk: Sendable {
  /// Where it is mounted.
  public let path: String

  /// Mounts it.
  public init(kilobytes: Int) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path) else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  deinit {
    _ = Self.run("umount", "-l", path)
    rmdir(path)
  }

  /// Lets nobody write to it any more.
  public func makeReadOnly() throws {
    guard Self.run("mount", "-o", "remount,ro", path) else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Whether this user may mount one.
  public static let isAvailable = geteuid() == 0 && (try? SmallDisk(kilobytes: 64)) != nil

  private static func run(_ command: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
