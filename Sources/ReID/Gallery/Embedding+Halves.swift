internal import Network

extension Embedding {
  /// The direction in half precision (IEEE 754 binary16), as bit patterns: how it is stored.
  public var halves: [UInt16] { HalfPrecision.halves(of: values) }

  /// The direction of a vector that was stored.
  ///
  /// - Parameters:
  ///   - halves: half-precision numbers (IEEE 754 binary16), as bit patterns.
  ///   - model: the digest of the model file.
  /// - Throws: `ReIDError.embedding` for a vector that is empty, zero or not finite.
  public init(halves: [UInt16], model: String) throws(ReIDError) {
    try self.init(HalfPrecision.floats(of: halves), model: model)
  }
}
