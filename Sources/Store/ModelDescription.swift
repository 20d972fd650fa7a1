/// The model a camera is scored with.
public struct ModelDescription: Sendable, Hashable {
  /// The digest of the file, which tells models apart.
  public var hash: String
  /// The name of its network.
  public var name: String
  /// Where the file lay.
  public var path: String
  /// What the file says of itself, as a JSON object.
  public var metadata: String

  /// A model, described by its file.
  public init(hash: String, name: String, path: String, metadata: String = "{}") {
    self.hash = hash
    self.name = name
    self.path = path
    self.metadata = metadata
  }
}
