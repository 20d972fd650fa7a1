/// One thing that is wrong in a configuration file, where it is, and what to do about it.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
  /// The path of the file.
  public let file: String
  /// The line, from 1, or nil where the whole file is meant.
  public let line: Int?
  /// The key, such as `cameras[1].frames_per_second`; empty for the whole file.
  public let keyPath: String
  /// What is wrong and what to write instead.
  public let message: String

  /// `FILE:LINE: KEY: MESSAGE`
  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return keyPath.isEmpty ? "\(place): \(message)" : "\(place): \(keyPath): \(message)"
  }
}
