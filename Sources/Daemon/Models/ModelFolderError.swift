/// Weights that come along with the program are not where they should be.
public struct ModelFolderError: Error, Sendable, CustomStringConvertible {
  /// The files that were looked for.
  public let searched: [String]

  /// What happened and what to do, in words.
  public var description: String {
    "the weights that come along were not found (looked for \(searched.joined(separator: ", "))); name their folder in "
      + ModelFolder.variable
  }
}
