import Foundation
import Yams

/// A mapping of the file whose keys are known; reads values and reports the ones of a wrong type.
struct ConfigurationSection<Key: RawRepresentable & CaseIterable & Sendable>
where Key.RawValue == String {
  let mapping: Node.Mapping
  let node: Node
  /// The path of the mapping itself, empty for the top of the file.
  let path: String

  subscript(key: Key) -> Node? { mapping[key.rawValue] }

  func path(to key: Key) -> String { path(to: key.rawValue) }

  func path(to key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The text at `key`, or nil where the key is absent or its value was reported.
  func string(_ key: Key, _ parser: inout ConfigurationParser) -> String? {
    guard let node = self[key] else { return nil }
    parser.note(node, path(to: key))
    guard let scalar = node.scalar else {
      parser.report("must be one value, not a list or a section", at: node, path(to: key))
      return nil
    }
    guard node.null == nil, !scalar.string.isEmpty else {
      parser.report("has no value; give it one or remove the line", at: node, path(to: key))
      return nil
    }
    return scalar.string
  }

  /// The text at `key`, reported with `advice` where it is absent.
  func required(_ key: Key, _ advice: String, _ parser: inout ConfigurationParser) -> String? {
    if self[key] == nil {
      parser.report("is missing; \(advice)", at: node, path(to: key))
    }
    return string(key, &parser)
  }

  /// The number at `key`, or nil where the key is absent or its value was reported.
  func number(
    _ key: Key, in range: ClosedRange<Double>, _ parser: inout ConfigurationParser
  ) -> Double? {
    guard let text = string(key, &parser) else { return nil }
    let node = self[key]
    guard let number = node?.float, node?.scalar?.style == .plain else {
      parser.report("\"\(text)\" is not a number; \(expected(range))", at: node, path(to: key))
      return nil
    }
    guard range.contains(number) else {
      parser.report("\(text) is out of range; \(expected(range))", at: node, path(to: key))
      return nil
    }
    return number
  }

  private func expected(_ range: ClosedRange<Double>) -> String {
    "write a number from \(range.lowerBound.formatted()) to \(range.upperBound.formatted())"
  }
}
