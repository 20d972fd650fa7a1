import Foundation

/// The JSON header of a safetensors file: eight bytes of length, then names, types, shapes and places of the tensors.
struct SafetensorsHeader {
  struct Place: Codable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  enum Entry: Codable {
    case tensor(Place)
    case metadata([String: String])

    init(from decoder: any Decoder) throws {
      if let place = try? Place(from: decoder) {
        self = .tensor(place)
      } else {
        self = .metadata(try [String: String](from: decoder))
      }
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .tensor(let place): try place.encode(to: encoder)
      case .metadata(let text): try text.encode(to: encoder)
      }
    }
  }

  /// Longer headers are taken for damage: those of models are a few kilobytes, of a vector for each of many pictures 90 bytes each.
  static let longest = 16 << 20

  let metadata: [String: String]
  private let places: [String: Place]

  static func split(_ data: Data, file: String) throws(NetworkError) -> (
    header: SafetensorsHeader, body: Data
  ) {
    guard data.count >= 8 else {
      throw .invalidWeights(file: file, reason: "has \(data.count) bytes and is no safetensors file")
    }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << (8 * UInt64($1.offset))
    }
    guard length <= UInt64(longest) else {
      throw .invalidWeights(
        file: file,
        reason: "states a header of \(length) bytes (at most \(longest) are taken); it is no safetensors file"
      )
    }
    guard data.count >= 8 + Int(length) else {
      throw .invalidWeights(
        file: file,
        reason: "ends at byte \(data.count), within its header of \(length) bytes; it is truncated")
    }
    let start = data.startIndex + 8
    let header = try SafetensorsHeader(json: data[start..<start + Int(length)], file: file)
    return (header, data[(start + Int(length))...])
  }

  private init(json: Data, file: String) throws(NetworkError) {
    let entries: [String: Entry]
    do { entries = try JSONDecoder().decode([String: Entry].self, from: json) } catch {
      throw .invalidWeights(file: file, reason: "its header is not the JSON of a safetensors file")
    }
    var (metadata, places): ([String: String], [String: Place]) = ([:], [:])
    for (name, entry) in entries {
      switch entry {
      case .metadata(let text) where name == "__metadata__": metadata = text
      case .tensor(let place): places[name] = place
      case .metadata:
        throw .invalidWeights(file: file, reason: "header entry \"\(name)\" describes no tensor")
      }
    }
    (self.metadata, self.places) = (metadata, places)
  }

  func tensors(in body: Data, file: String) throws(NetworkError) -> [String: WeightsFile.StoredTensor] {
    var tensors: [String: WeightsFile.StoredTensor] = [:]
    var covered = 0
    for (name, place) in places.sorted(by: {
      $0.value.data_offsets.first ?? 0 < $1.value.data_offsets.first ?? 0
    }) {
      tensors[name] = try tensor(name, place, in: body, from: covered, file: file)
      covered = place.data_offsets[1]
    }
    guard covered == body.count else {
      throw .invalidWeights(
        file: file, reason: "\(body.count - covered) bytes after its last tensor belong to none")
    }
    return tensors
  }

  private func tensor(
    _ name: String, _ place: Place, in body: Data, from covered: Int, file: String
  ) throws(NetworkError) -> WeightsFile.StoredTensor {
    guard place.dtype == "F32" else {
      throw .invalidWeights(
        file: file, reason: "tensor \"\(name)\" has type \(place.dtype); only F32 is read")
    }
    let count = place.shape.reduce(Int?(1)) { product, size in
      guard let product, size >= 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow || next > 1 << 40 ? nil : next
    }
    guard let count, place.data_offsets == [covered, covered + 4 * count]
    else {
      throw .invalidWeights(
        file: file,
        reason: "tensor \"\(name)\" of shape \(place.shape) does not fit its place \(place.data_offsets)")
    }
    guard place.data_offsets[1] <= body.count else {
      throw .invalidWeights(
        file: file,
        reason:
          "tensor \"\(name)\" ends at byte \(place.data_offsets[1]) of \(body.count); the file is truncated")
    }
    let bytes = body[(body.startIndex + place.data_offsets[0])..<(body.startIndex + place.data_offsets[1])]
    let values = bytes.withUnsafeBytes { raw in
      (0..<count).map {
        Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
    return .init(shape: place.shape, values: values)
  }

  static func encode(_ entries: [String: Entry]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(entries)
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json
  }
}
