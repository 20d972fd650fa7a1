import Daemon
import Decode
import Foundation
import Logging
import ReID
import TestKit
import Testing

/// A folder with what a good configuration names.
private func folderWithModel() throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  try folder.write("", to: "gate.safetensors")
  try folder.write("p@ss/w:rd?\nsecond line\n", to: "credentials/gate.password")
  return folder
}

private func parse(_ text: String, in folder: TemporaryFolder) throws -> Configuration {
  try Configuration.parse(
    text, file: folder.url.appending(path: "analytics.yaml"),
    environment: ["CREDENTIALS_DIRECTORY": folder.url.appending(path: "credentials").path])
}

@Suite struct ConfigurationTests {
  @Test func valuesAreRead() throws {
    let folder = try folderWithModel()
    let configuration = try parse(
      """
      database: log/alerts.sqlite
      log_level: debug
      cameras:
        - {name: gate, url: "rtsp://camera/1", model: gate.safetensors, frames_per_second: 12.5, timeout_seconds: 3, motion: codec, people_searches_per_second: 5, people_zones: ["0,0.5 1,0.5 1,1"], people_masks: ["0,0 0.1,0 0.1,1", "0.9,0 1,0 1,1"]}
        - {name: yard, url: gate.safetensors, model: gate.safetensors}
      """, in: folder)
    #expect(configuration.database.path == folder.url.path + "/log/alerts.sqlite")
    #expect(configuration.logLevel == .debug)
    #expect(configuration.cameras.map(\.name) == ["gate", "yard"])
    #expect(configuration.cameras[0].framesPerSecond == 12.5)
    #expect(configuration.cameras[0].timeout == .seconds(3))
    #expect(configuration.cameras.map(\.motion) == [.codec, .estimated])
    #expect(configuration.cameras.map(\.peopleSearchesPerSecond) == [5, 0])
    #expect(configuration.cameras[0].peopleZones.zones.map(\.corners) == [[[0, 0.5], [1, 0.5], [1, 1]]])
    #expect(configuration.cameras[0].peopleZones.masks.count == 2)
    #expect(configuration.cameras[1].peopleZones == DetectionZones())
    #expect(configuration.cameras[0].source.isNetwork)
    #expect(configuration.cameras[0].model.path == folder.url.path + "/gate.safetensors")
    #expect(!configuration.cameras[1].source.isNetwork)
    #expect(configuration.cameras[1].source.filePath == folder.url.path + "/gate.safetensors")
  }

  @Test(
    arguments: [
      // (document, line of the problem, its key, a part of its message)
      ("", nil, "", "is empty"),
      ("just text", 1, "", "must hold \"key: value\" lines"),
      ("cameras: [", 2, "", "is not YAML"),
      ("cameras:\n  - name: a\n bad", 3, "", "is not YAML"),
      ("log_level: info", nil, "cameras", "is missing"),
      ("cameras: []", 1, "cameras", "at least one camera"),
      ("cameras: gate", 1, "cameras", "at least one camera"),
      ("cameras:\n  - gate", 2, "cameras[0]", "must hold \"key: value\" lines"),
      ("camera:\n  - x", 1, "camera", "did you mean \"cameras\"?"),
      ("log_levle: info\ncameras: []", 1, "log_levle", "did you mean \"log_level\"?"),
      ("colour: red\ncameras: []", 1, "colour", "the keys are database, log_level, cameras"),
      ("log_level: loud\ncameras: []", 1, "log_level", "\"loud\" is not a level; write one of trace, debug"),
      ("log_level: [info]\ncameras: []", 1, "log_level", "must be one value"),
      ("database:\ncameras: []", 1, "database", "has no value"),
      ("database: a\ndatabase: b", 1, "database", "more than once"),
      (
        "cameras:\n  - url: rtsp://a/\n    model: gate.safetensors", 2, "cameras[0].name",
        "is missing; name the camera"
      ),
      ("cameras:\n  - name: a\n    model: gate.safetensors", 2, "cameras[0].url", "is missing"),
      ("cameras:\n  - name: a\n    url: rtsp://a/", 2, "cameras[0].model", "is missing"),
    ] as [(String, Int?, String, String)])
  func structuralProblemsSayWhere(document: String, line: Int?, key: String, message: String) throws {
    let folder = try folderWithModel()
    let error = #expect(throws: ConfigurationError.self) { try parse(document, in: folder) }
    let problem = error?.problems.first { $0.keyPath == key && $0.message.contains(message) }
    #expect(problem != nil, "\(String(describing: error))")
    #expect(problem?.line == line)
    #expect(problem?.file == folder.url.path + "/analytics.yaml")
  }

  @Test(
    arguments: [
      // (lines that replace a good camera's, key, a part of the message)
      (["name: -gate"], "name", "is not a name"),
      (["name: a/b"], "name", "is not a name"),
      (["name: [a]"], "name", "must be one value"),
      (["url: rtsp://"], "url", "is not a URL"),
      (["url: rtsp://user:p@ss/w@host:x/"], "url", "is not a URL"),
      (["url: gopher://host/1"], "url", "\"gopher\" cannot be read; use one of rtsp"),
      (["url: /no/such/file.mp4"], "url", "there is no file /no/such/file.mp4"),
      (["url: \"rtsp://u:${nobody}@host/\""], "url", "the file that it names cannot be read"),
      (["url: \"rtsp://u:${gate.password@host/\""], "url", "has no \"}\""),
      (["url: \"rtsp://u:${}@host/\""], "url", "names no secret"),
      (["password_file: nobody"], "password_file", "the file that it names cannot be read"),
      (["password_file: ./gate.safetensors"], "password_file", "is empty"),
      (["url: rtsp://host/", "password_file: gate.password"], "url", "needs a URL with a user"),
      (["url: rtsp://u:p@host/", "password_file: gate.password"], "url", "without a password"),
      (["url: gate.safetensors", "password_file: gate.password"], "url", "needs a URL such as"),
      (["model: missing.safetensors"], "model", "missing.safetensors that this user can read"),
      (
        ["frames_per_second: fast"], "frames_per_second",
        "\"fast\" is not a number; write a number from 1 to 60"
      ),
      (["frames_per_second: \"10\""], "frames_per_second", "is not a number"),
      (["motion: vectors"], "motion", "\"vectors\" is no source of motion; write estimated or codec"),
      (["people_searches_per_second: -1"], "people_searches_per_second", "out of range"),
      (["people_zones: 3"], "people_zones", "must list polygons"),
      (["people_zones: [\"0,0 1,1\"]"], "people_zones", "it has 2 corners"),
      (["people_masks: [\"0,0 1,0 1,2\"]"], "people_masks", "outside the picture"),
      (["people_masks: [\"0,0 1;0 1,1\"]"], "people_masks", "\"1;0\" is no corner"),
      (["frames_per_second: 0"], "frames_per_second", "0 is out of range"),
      (["frames_per_second: .nan"], "frames_per_second", "out of range"),
      (["timeout_seconds: 16"], "timeout_seconds", "16 is out of range; write a number from 1 to 15"),
      (["frame_per_second: 10"], "frame_per_second", "did you mean \"frames_per_second\"?"),
      (["passwordfile: x"], "passwordfile", "did you mean \"password_file\"?"),
    ] as [([String], String, String)])
  func cameraProblemsSayWhere(lines: [String], key: String, message: String) throws {
    let folder = try folderWithModel()
    let good = ["name: gate", "url: rtsp://user@host/1", "model: gate.safetensors"]
    let replaced = Set(lines.map { $0.prefix { $0 != ":" } })
    let camera = good.filter { !replaced.contains($0.prefix { $0 != ":" }) } + lines
    let document = "cameras:\n  -\n" + camera.map { "    \($0)\n" }.joined()
    let error = #expect(throws: ConfigurationError.self) { try parse(document, in: folder) }
    #expect(error?.problems.count == 1, "\(String(describing: error))")
    #expect(error?.problems.first?.keyPath == "cameras[0].\(key)")
    #expect(error?.problems.first?.message.contains(message) == true, "\(String(describing: error))")
    let line = camera.firstIndex { $0.hasPrefix(key + ":") }.map { $0 + 3 }
    #expect(error?.problems.first?.line == line)
  }

  @Test func everyProblemIsReportedAtOnce() throws {
    let folder = try folderWithModel()
    let error = #expect(throws: ConfigurationError.self) {
      try parse(
        """
        log_level: loud
        cameras:
          - {name: gate, url: "rtsp://a/", model: gate.safetensors}
          - {name: gate, url: "rtsp://b/", model: nothing, timeout_seconds: soon}
        """, in: folder)
    }
    #expect(
      Set(error?.problems.map(\.keyPath) ?? [])
        == ["log_level", "cameras[1].name", "cameras[1].model", "cameras[1].timeout_seconds"])
    #expect(error?.description.contains("\"gate\" is already the camera of line 3") == true)
  }

  @Test func anAbsentFileIsAConfigurationError() {
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration.load(from: URL(filePath: "/no/such/analytics.yaml"), environment: [:])
    }
    #expect(error?.description.contains("/no/such/analytics.yaml: cannot be read (No such file") == true)
  }

  @Test func secretsAreEncodedAndNeverPrinted() throws {
    let folder = try folderWithModel()
    try folder.write("tok/en", to: "token")
    let configuration = try parse(
      """
      cameras:
        - {name: a, url: "rtsp://viewer:${gate.password}@host:554/1", model: gate.safetensors}
        - {name: b, url: "http://host/?token=${./token}", model: gate.safetensors}
        - {name: c, url: "rtsp://viewer@host/1", password_file: gate.password, model: gate.safetensors}
        - {name: d, url: "rtsp://viewer@host/1", password_file: ./credentials/gate.password, model: gate.safetensors}
      """, in: folder)
    let encoded = "p%40ss%2Fw%3Ard%3F"
    #expect(
      configuration.cameras.map(\.source)
        == [
          "rtsp://viewer:\(encoded)@host:554/1", "http://host/?token=tok%2Fen",
          "rtsp://viewer:\(encoded)@host/1", "rtsp://viewer:\(encoded)@host/1",
        ].map { MediaLocation($0) })
    #expect(configuration.cameras[0].source.description == "rtsp://***@host:554/1")
    #expect(configuration.cameras[1].source.description == "http://host/?token=***")
    var dumped = "\(configuration) " + String(reflecting: configuration)
    dump(configuration, to: &dumped)
    #expect(!dumped.contains("p%40") && !dumped.contains("tok%2F") && !dumped.contains("viewer"))
  }

  @Test func aCredentialWithoutSystemdSaysWhatToDo() throws {
    let folder = try folderWithModel()
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration.parse(
        "cameras: [{name: a, url: \"rtsp://u@h/\", password_file: gate.password, model: gate.safetensors}]",
        file: folder.url.appending(path: "analytics.yaml"), environment: [:])
    }
    #expect(error?.description.contains("add LoadCredential=NAME:/path to the unit") == true)
  }

  @Test func aBadURLNeverShowsItsPassword() throws {
    let folder = try folderWithModel()
    try Data("hunter2\n".utf8).write(to: folder.url.appending(path: "secret"))
    for url in [
      "rtsp://u:hunter2@ho st/", "gopher://u:hunter2@host/", "rtsp://u:hunter2@", "u:hunter2@host:554/s",
      "rtsp:/u:hunter2@host/s", "host/s?user=u&password=hunter2", "u:${./secret}", "${./secret}/s",
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try parse("cameras: [{name: a, url: \"\(url)\", model: gate.safetensors}]", in: folder)
      }
      #expect(error?.description.contains("hunter2") == false)
    }
  }
}
