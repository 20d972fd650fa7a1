public import Foundation

/// ONNX Runtime and OpenVINO, which check exported networks: Python packages that `make peers` installs.
public enum PeerEngines {
  /// Numbers for or from a network, row-major in ONNX's order.
  public struct Array {
    /// The sizes of the axes.
    public let shape: [Int]
    let values: [Float]

    /// These numbers, of which there must be as many as the shape has places.
    public init(shape: [Int], values: [Float]) {
      precondition(shape.reduce(1, *) == values.count, "\(values.count) numbers do not fill \(shape)")
      (self.shape, self.values) = (shape, values)
    }
  }

  private static let python = TestData.packageRoot.appending(path: ".build/peers/bin/python3")
  private static let script = TestData.packageRoot.appending(path: "Benchmarks/peers/check_export.py")

  /// Whether they are installed.
  public static let areInstalled = FileManager.default.isExecutableFile(atPath: python.path)

  /// Runs a file in both engines and compares with these values by name, the inputs and our outputs.
  ///
  /// - Returns: The check's exit code and everything it said.
  public static func check(_ model: URL, against arrays: [String: Array]) throws -> (
    status: Int32, text: String
  ) {
    let folder = try TemporaryFolder()
    for (name, array) in arrays { try npy(array).write(to: folder.url.appending(path: "\(name).npy")) }
    let process = Process()
    process.executableURL = python
    process.arguments = [script.path, model.path, folder.url.path]
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let text = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  /// NumPy's format 1.0: a magic number, the length of a header that is a multiple of 64 with it, and the numbers.
  private static func npy(_ array: Array) -> Data {
    let shape = array.shape.map { "\($0), " }.joined()
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let start =
      [0x93] + Data("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)]
    let numbers = array.values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    return start + Data(header.utf8) + numbers
  }
}
