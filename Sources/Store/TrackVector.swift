import Foundation

/// What a person looks like, as numbers of one model: stored with a track.
public struct TrackVector: Sendable, Hashable {
  /// The model that computed it.
  public var model: ModelDescription
  /// A vector of length one in half precision (IEEE 754 binary16), as bit patterns.
  public var halves: [UInt16]

  /// A vector of a model.
  public init(model: ModelDescription, halves: [UInt16]) {
    self.model = model
    self.halves = halves
  }
}

/// The vector of a track, as it is stored. Nothing about it has been looked at: it may be of any model, of any length,
/// and hold numbers that are none.
public struct StoredVector: Sendable, Hashable {
  /// The track's number.
  public let track: Int64
  /// The digest of the file of the model that computed it.
  public let modelHash: String
  /// Half-precision numbers (IEEE 754 binary16), as bit patterns.
  public let halves: [UInt16]
}

/// Vectors as `embeddings.vector` holds them: two bytes a number, little-endian.
extension [UInt16] {
  var littleEndianBytes: Data { map(\.littleEndian).withUnsafeBytes { Data($0) } }

  init(littleEndianBytes data: Data) {
    self = data.withUnsafeBytes { bytes in
      (0..<bytes.count / 2).map {
        UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self))
      }
    }
  }

  /// The length of the vector that these half-precision numbers make, not finite where one of them is not.
  var length: Double {
    lazy.map { Double(Float16(bitPattern: $0)) }.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
