public import Decode

/// Tells what people look like.
public protocol PersonEmbedding {
  /// The digest of the model file; every embedding carries it.
  var modelDigest: String { get }

  /// One embedding for each crop, in their order.
  ///
  /// - Parameter crops: one person each, upright, from head to feet, of any size.
  func embeddings(of crops: [ColorPicture]) throws -> [Embedding]
}
