/// Why a configuration was refused: every problem that was found.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The problems in the order of the file; never empty.
  public let problems: [ConfigurationProblem]

  /// An error of these problems.
  public init(problems: [ConfigurationProblem]) { self.problems = problems }

  /// One problem per line.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
