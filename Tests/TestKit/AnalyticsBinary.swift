public import Foundation

/// The program itself, run as a user runs it.
public enum AnalyticsBinary {
  /// What a run of the program left.
  public struct Result: Sendable {
    /// The exit code, or the number of the signal that ended it.
    public let status: Int32
    /// Whether it ended by itself, and no signal ended it.
    public let exited: Bool
    /// What it wrote to standard output.
    public let stdout: String
    /// What it wrote to standard error.
    public let stderr: String
  }

  /// The binary that was built with the tests, beside their bundle.
  public static let url: URL = {
    let candidates = [Bundle.main.executableURL, URL(filePath: CommandLine.arguments[0])].compactMap(\.self)
    let beside = candidates.map { $0.deletingLastPathComponent().appending(path: "analytics") }
    let built = TestData.packageRoot.appending(path: ".build/debug/analytics")
    return beside.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? built
  }()

  /// A process of the program, not yet started.
  ///
  /// - Parameter environment: what is added to this process's environment.
  public static func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    return process
  }

  /// Starts the process, and kills it when it still runs after `deadline` seconds: whoever waits for it, or for what it
  /// writes, then goes on and fails.
  public static func start(_ process: Process, deadline: Double = 120) throws {
    try process.run()
    DispatchQueue.global().asyncAfter(deadline: .now() + deadline) {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
  }

  /// Runs the program to its end.
  ///
  /// Output goes through files, so that a program that writes much cannot wait for a reader. A program that hangs is
  /// killed after `deadline` seconds, which is far more than any test needs.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:], folder: URL? = nil, deadline: Double = 120
  ) throws -> Result {
    let process = process(arguments, environment: environment)
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    let output = try TemporaryFile()
    let diagnostics = try TemporaryFile()
    process.standardOutput = output.handle
    process.standardError = diagnostics.handle
    try start(process, deadline: deadline)
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, exited: process.terminationReason == .exit,
      stdout: try output.text(), stderr: try diagnostics.text())
  }
}

/// A file to write to, deleted with it.
private final class TemporaryFile {
  let handle: FileHandle
  private let url = FileManager.default.temporaryDirectory.appending(path: "output-\(UUID().uuidString)")

  init() throws {
    try Data().write(to: url)
    handle = try FileHandle(forWritingTo: url)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func text() throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }
}
