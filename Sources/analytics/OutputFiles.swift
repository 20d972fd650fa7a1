import ArgumentParser
import Foundation

/// The files that a command writes, which must be none of those that it reads.
struct OutputFiles {
  /// A path and what the user knows it as, for messages; nil where none was given.
  typealias Named = (name: String, path: String?)

  private let outputs: [(name: String, path: String)]

  init(_ outputs: [Named]) { self.outputs = Self.given(outputs) }

  /// Refuses outputs that would replace what is read, or each other. Of a folder that is read, all files count that are there
  /// but those that are named as outputs are: an earlier run may have put them there.
  ///
  /// - Throws: `ValidationError`.
  func check(against inputs: [Named]) throws {
    let inputs = Self.given(inputs)
    for (number, output) in outputs.enumerated() {
      if let input = inputs.first(where: { Self.replaces(output.path, $0.path) }) {
        throw ValidationError("\(output.name) \(output.path) would replace \(input.name); name another file")
      }
      if let other = outputs[..<number].first(where: { Self.areSame(output.path, $0.path) }) {
        throw ValidationError("\(other.name) and \(output.name) name the same file")
      }
    }
  }

  private static func given(_ files: [Named]) -> [(name: String, path: String)] {
    files.compactMap { file in file.path.map { (file.name, $0) } }
  }

  private static func replaces(_ output: String, _ input: String) -> Bool {
    if areSame(output, input) { return true }
    return isDirectory(input) && exists(output) && !isNamedAsOutput(output) && lies(output, in: input)
  }

  private static func isNamedAsOutput(_ path: String) -> Bool {
    ["safetensors", "html", "csv"].contains(URL(filePath: path).pathExtension)
  }

  /// By inode where both are there, for links; else by path.
  private static func areSame(_ a: String, _ b: String) -> Bool {
    if let a = identity(a), let b = identity(b) { return a == b }
    return resolved(a) == resolved(b)
  }

  private static func lies(_ file: String, in folder: String) -> Bool {
    resolved(file).hasPrefix(resolved(folder) + "/")
  }

  private static func resolved(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  private static func exists(_ path: String) -> Bool { status(path) != nil }

  private static func isDirectory(_ path: String) -> Bool {
    status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// Only of regular files: a device or a pipe may be written to as often as one likes.
  private static func identity(_ path: String) -> [UInt64]? {
    status(path).flatMap { $0.st_mode & S_IFMT == S_IFREG ? [UInt64($0.st_dev), UInt64($0.st_ino)] : nil }
  }
}
