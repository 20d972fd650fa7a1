import Foundation

/// A value as JSON text: the same for the same value. "{}" for one that JSON cannot hold, as a number that is not finite.
public func canonicalJSON<T: Encodable>(_ value: T) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
}

extension WeightsFile {
  /// An entry of the metadata that `canonicalJSON` wrote; nil where it is missing or cannot be understood.
  public func decoded<T: Decodable>(_ key: String, as type: T.Type = T.self) -> T? {
    metadata[key].flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
  }
}
