import Crypto
public import Foundation
import SystemReason

/// A safetensors file: named float tensors and text metadata, guarded by a SHA-256 of the tensors.
///
/// Tensors stand in PyTorch's order, so that other programs can read them.
public struct WeightsFile: Sendable {
  /// One tensor as it stands in the file, row-major.
  public struct StoredTensor: Sendable, Hashable {
    /// The sizes of the axes.
    public let shape: [Int]
    /// The numbers.
    public let values: [Float]

    /// A tensor for a file.
    public init(shape: [Int], values: [Float]) {
      self.shape = shape
      self.values = values
    }
  }

  /// Text about the tensors; the key `sha256` belongs to the file itself.
  public var metadata: [String: String]
  /// The tensors by name.
  public var tensors: [String: StoredTensor]
  /// The file that this was read from, for messages.
  public let source: String

  /// A file yet to be written.
  public init(metadata: [String: String] = [:], tensors: [String: StoredTensor] = [:]) {
    self.metadata = metadata
    self.tensors = tensors
    source = "weights"
  }

  /// Bytes: a hundred times as many as there are in any file of ours, and still within memory.
  private static let largestFile = 1 << 30

  /// Reads and checks a whole file.
  /// - Throws: `NetworkError.fileFailed` where it cannot be read, `.invalidWeights` where it is not sound.
  public init(contentsOf url: URL) throws(NetworkError) {
    source = url.path
    let data: Data
    if let obstacle = obstacle(at: url) {
      throw .fileFailed(file: url.path, reason: "cannot be read: \(obstacle)")
    }
    do { data = try Data(contentsOf: url, options: .mappedIfSafe) } catch {
      throw .fileFailed(file: url.path, reason: "cannot be read: \(error.systemReason)")
    }
    guard data.count <= Self.largestFile else {
      throw .invalidWeights(
        file: url.path, reason: "is larger than any model or checkpoint of this program; name another file")
    }
    let (header, body) = try SafetensorsHeader.split(data, file: url.path)
    metadata = header.metadata
    tensors = try header.tensors(in: body, file: url.path)
    if let stated = metadata.removeValue(forKey: "sha256"), stated != hexDigest(body) {
      throw .invalidWeights(
        file: url.path, reason: "its tensors do not have the SHA-256 that its header states; fetch it again")
    }
  }

  /// Finds out whether a file can be written here, before the work that it is to hold.
  /// - Throws: `NetworkError.fileFailed`.
  public static func checkWritable(_ url: URL) throws(NetworkError) {
    if let obstacle = obstacle(at: url) {
      throw .fileFailed(file: url.path, reason: "cannot be written: \(obstacle)")
    }
    let probe = url.appendingPathExtension("probe")
    defer { try? FileManager.default.removeItem(at: probe) }
    do { try Data("probe".utf8).write(to: probe) } catch {
      throw .fileFailed(file: url.path, reason: "cannot be written: \(error.systemReason)")
    }
  }

  /// Writes the file whole or not at all.
  /// - Throws: `NetworkError.fileFailed`.
  public func write(to url: URL) throws(NetworkError) {
    let data: Data
    do { data = try encoded() } catch {
      throw .fileFailed(file: url.path, reason: "cannot be written: \(error.systemReason)")
    }
    try writeWhole(data, to: url)
  }

  /// The bytes of the file: the same for the same content.
  public func encoded() throws -> Data {
    var body = Data()
    var header: [String: SafetensorsHeader.Entry] = [:]
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let start = body.count
      body.append(littleEndianBytes(tensor.values))
      header[name] = .tensor(.init(dtype: "F32", shape: tensor.shape, data_offsets: [start, body.count]))
    }
    var metadata = metadata
    metadata["sha256"] = hexDigest(body)
    header["__metadata__"] = .metadata(metadata)
    return try SafetensorsHeader.encode(header) + body
  }

  /// A digest of the tensors and the metadata, in hexadecimal: the identity of the model.
  public var digest: String {
    (try? encoded()).map(hexDigest) ?? ""
  }
}

func hexDigest(_ data: Data) -> String {
  SHA256.hash(data: data).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
