import Decode
import Foundation
import Logging
import ReID
import Yams

/// Turns YAML into a `Configuration`, collecting every problem on the way instead of stopping at the first.
struct ConfigurationParser {
  let file: URL
  private(set) var secrets: SecretStore
  private(set) var problems: [ConfigurationProblem] = []
  /// The line of each value that was read, by the path of its key.
  private(set) var lines: [String: Int] = [:]

  init(file: URL, secrets: SecretStore) {
    self.file = file
    self.secrets = secrets
  }

  /// The configuration, or nil where it cannot be built; valid only while `problems` is empty.
  mutating func parse(_ text: String) -> Configuration? {
    guard let root = compose(text) else { return nil }
    guard let section = section(root, path: "", keys: ConfigurationKey.self) else { return nil }
    var configuration = Configuration(cameras: cameras(section))
    if let database = section.string(.database, &self) {
      configuration.database = url(ofPath: database)
    }
    if let name = section.string(.logLevel, &self) {
      configuration.logLevel = logLevel(name, section) ?? configuration.logLevel
    }
    return configuration
  }

  mutating func note(_ node: Node, _ path: String) { lines[path] = node.mark?.line }

  mutating func report(_ message: String, at node: Node?, _ path: String) {
    report(message, line: node?.mark?.line, path)
  }

  private mutating func report(_ message: String, line: Int?, _ path: String) {
    problems.append(
      ConfigurationProblem(file: file.path, line: line, keyPath: path, message: message))
  }

  // MARK: YAML

  private mutating func compose(_ text: String) -> Node? {
    do {
      if let root = try Yams.compose(yaml: text) { return root }
      report("is empty; start from the commented reference configuration", line: nil, "")
    } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _)
    {
      report("is not YAML: \(problem); check indentation and quotes", line: mark.line, "")
    } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
      let keys = duplicates.sorted().joined(separator: ", ")
      report("is given more than once; keep one", line: context.mark.line, keys)
    } catch {
      report("is not YAML that can be read; save it as UTF-8 text", line: nil, "")
    }
    return nil
  }

  /// The mapping at `node`, after its unknown keys were reported.
  private mutating func section<Key>(
    _ node: Node, path: String, keys: Key.Type
  ) -> ConfigurationSection<Key>? {
    guard let mapping = node.mapping else {
      report("must hold \"key: value\" lines: \(listed(Key.self))", at: node, path)
      return nil
    }
    let section = ConfigurationSection<Key>(mapping: mapping, node: node, path: path)
    for key in mapping.keys { checkIsKnown(key, in: section) }
    return section
  }

  private mutating func checkIsKnown<Key>(_ node: Node, in section: ConfigurationSection<Key>) {
    let name = node.scalar?.string ?? "(not a word)"
    guard Key(rawValue: name) == nil else { return }
    let known = Key.allCases.map(\.rawValue)
    let advice = nearest(to: name, among: known).map { "did you mean \"\($0)\"?" } ?? listed(Key.self)
    report("unknown key; \(advice)", at: node, section.path(to: name))
  }

  private func listed<Key: CaseIterable & RawRepresentable>(_: Key.Type) -> String
  where Key.RawValue == String {
    "the keys are " + Key.allCases.map(\.rawValue).joined(separator: ", ")
  }

  // MARK: Values

  private mutating func logLevel(
    _ name: String, _ section: ConfigurationSection<ConfigurationKey>
  ) -> Logger.Level? {
    if let level = Logger.Level(rawValue: name) { return level }
    let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
    report("\"\(name)\" is not a level; write one of \(levels)", at: section[.logLevel], "log_level")
    return nil
  }

  private func url(ofPath path: String) -> URL {
    URL(filePath: path, relativeTo: file.deletingLastPathComponent()).absoluteURL.standardizedFileURL
  }

  // MARK: Cameras

  private mutating func cameras(
    _ section: ConfigurationSection<ConfigurationKey>
  ) -> [CameraConfiguration] {
    guard let node = section[.cameras] else {
      report("is missing; list at least one camera with name, url and model", at: nil, "cameras")
      return []
    }
    guard let sequence = node.sequence, !sequence.isEmpty else {
      report("must list at least one camera: \"- name: …\", \"url: …\", \"model: …\"", at: node, "cameras")
      return []
    }
    var firstLines: [String: Int] = [:]
    return sequence.enumerated().compactMap { index, node in
      guard let section = self.section(node, path: "cameras[\(index)]", keys: CameraKey.self)
      else { return nil }
      return camera(section, &firstLines)
    }
  }

  /// - Parameter firstLines: The line of each camera name that was met so far.
  private mutating func camera(
    _ section: ConfigurationSection<CameraKey>, _ firstLines: inout [String: Int]
  ) -> CameraConfiguration? {
    let name = section.required(.name, "name the camera, for instance \"gate\"", &self)
    let url = section.required(.url, "write the stream's URL or the path of a file", &self)
    let model = section.required(.model, "write the path of a model file (analytics train makes one)", &self)
    let framesPerSecond = section.number(.framesPerSecond, in: 1...60, &self)
    let motion = section.string(.motion, &self).flatMap { self.motion($0, section) }
    let peopleSearches = section.number(.peopleSearchesPerSecond, in: 0...30, &self)
    let zones = DetectionZones(
      zones: regions(.peopleZones, section), masks: regions(.peopleMasks, section))
    let timeout = section.number(.timeoutSeconds, in: CameraConfiguration.timeoutSeconds, &self)
    if let name { checkName(name, section, &firstLines) }
    let source: MediaLocation? = if let url { self.source(url, section) } else { nil }
    let modelFile: URL? = if let model { file(atPath: model, section, .model) } else { nil }
    guard let name, let source, let modelFile else { return nil }
    var camera = CameraConfiguration(name: name, source: source, model: modelFile)
    camera.framesPerSecond = framesPerSecond
    if let motion { camera.motion = motion }
    if let peopleSearches { camera.peopleSearchesPerSecond = peopleSearches }
    camera.peopleZones = zones
    if let timeout { camera.timeout = .seconds(timeout) }
    return camera
  }

  private mutating func motion(
    _ name: String, _ section: ConfigurationSection<CameraKey>
  ) -> CameraConfiguration.Motion? {
    if let motion = CameraConfiguration.Motion(rawValue: name) { return motion }
    let kinds = CameraConfiguration.Motion.allCases.map(\.rawValue).joined(separator: " or ")
    report(
      "\"\(name)\" is no source of motion; write \(kinds)", at: section[.motion], section.path(to: .motion))
    return nil
  }

  /// The parts of the picture listed at `key`; none where it is absent.
  private mutating func regions(
    _ key: CameraKey, _ section: ConfigurationSection<CameraKey>
  ) -> [PictureRegion] {
    guard let node = section[key] else { return [] }
    guard let entries = node.sequence else {
      report(
        "must list polygons, each the corners' \"x,y\" in fractions of the picture: [\"0,0.5 1,0.5 1,1 0,1\"]",
        at: node, section.path(to: key))
      return []
    }
    return entries.compactMap { entry in
      guard let text = entry.scalar?.string else {
        report(
          "must be the corners of a polygon as one text, such as \"0,0.5 1,0.5 1,1 0,1\"", at: entry,
          section.path(to: key))
        return nil
      }
      do throws(ReIDError) { return try PictureRegion(text) } catch {
        report(error.description, at: entry, section.path(to: key))
        return nil
      }
    }
  }

  private mutating func checkName(
    _ name: String, _ section: ConfigurationSection<CameraKey>, _ firstLines: inout [String: Int]
  ) {
    let node = section[.name]
    if let first = firstLines[name] {
      report(
        "\"\(name)\" is already the camera of line \(first); give each camera its own name",
        at: node, section.path(to: .name))
    } else if name.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9._\-]{0,63}/) == nil {
      report(
        "\"\(name)\" is not a name; use up to 64 letters, digits, \"-\", \"_\" and \".\", "
          + "the first no \"-\" or \".\"", at: node, section.path(to: .name))
    }
    firstLines[name] = firstLines[name] ?? node?.mark?.line ?? 0
  }

  /// The file at `path`, reported where it is not there.
  private mutating func file(
    atPath path: String, _ section: ConfigurationSection<CameraKey>, _ key: CameraKey
  ) -> URL {
    let url = url(ofPath: path)
    if !FileManager.default.isReadableFile(atPath: url.path) {
      report(
        "there is no file \(url.path) that this user can read; check the path and its permissions",
        at: section[key], section.path(to: key))
    }
    return url
  }

  private mutating func source(_ text: String, _ section: ConfigurationSection<CameraKey>) -> MediaLocation? {
    do {
      var location = try secrets.fillingIn(text)
      if let reference = section.string(.passwordFile, &self) {
        let password = try password(reference, section)
        location = try Self.location(location, withPassword: password)
      }
      return try checked(location, writtenAs: text, section)
    } catch {
      report(error.message, at: section[.url], section.path(to: .url))
      return nil
    }
  }

  private mutating func password(
    _ reference: String, _ section: ConfigurationSection<CameraKey>
  ) throws(SecretStore.Failure) -> String {
    do {
      return try secrets.secret(reference)
    } catch {
      report(error.message, at: section[.passwordFile], section.path(to: .passwordFile))
      return "unknown"
    }
  }

  private static func location(
    _ location: String, withPassword password: String
  ) throws(SecretStore.Failure) -> String {
    guard var components = URLComponents(string: location), components.host?.isEmpty == false else {
      throw SecretStore.Failure(message: "password_file needs a URL such as rtsp://user@host/path")
    }
    guard components.user?.isEmpty == false, components.password == nil else {
      throw SecretStore.Failure(
        message: "password_file needs a URL with a user and without a password: rtsp://user@host/path")
    }
    components.percentEncodedPassword = SecretStore.percentEncoded(password)
    return components.string ?? location
  }

  /// The source at a location without references; a message never repeats a location that may hold a password.
  private mutating func checked(
    _ location: String, writtenAs text: String, _ section: ConfigurationSection<CameraKey>
  ) throws(SecretStore.Failure) -> MediaLocation? {
    guard location.contains("://") else {
      // A URL whose scheme is missing or misspelt looks like a path, and what is said of a path repeats it.
      let isLikeAURL = ["@", "?", "${"].contains { text.contains($0) }
      guard !isLikeAURL || FileManager.default.isReadableFile(atPath: url(ofPath: location).path) else {
        throw SecretStore.Failure(
          message: "is neither a URL, such as rtsp://user@host:port/path, nor a file that this user can read")
      }
      return MediaLocation(file(atPath: location, section, .url).path)
    }
    let schemes = ["rtsp", "rtsps", "http", "https", "rtmp", "udp"]
    guard let components = URLComponents(string: location), components.host?.isEmpty == false,
      // An unescaped "@" or "/" in a password would make a part of it the host.
      components.user == nil || !components.path.contains("@")
    else {
      throw SecretStore.Failure(
        message: "is not a URL; write rtsp://user@host:port/path, with special characters percent-encoded "
          + "or the password in password_file")
    }
    guard let scheme = components.scheme?.lowercased(), schemes.contains(scheme) else {
      throw SecretStore.Failure(
        message:
          "\"\(components.scheme ?? "")\" cannot be read; use one of \(schemes.joined(separator: ", ")), "
          + "or the path of a file")
    }
    guard components.port.map({ (1...65_535).contains($0) }) ?? true else {
      throw SecretStore.Failure(message: "has a port that there is not; write one of 1 to 65535")
    }
    return MediaLocation(location)
  }
}
