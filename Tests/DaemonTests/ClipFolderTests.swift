import Foundation
import TestKit
import Testing

@testable import Daemon

struct ClipFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func names(_ path: String = "") throws -> [String] {
    try ClipFolder(folder.url.appending(path: path)).clips.map {
      ClipFolder.name(of: $0, relativeTo: folder.url)
    }
  }

  @Test func clipsAreListedByNameWithThoseBelow() throws {
    for name in ["test/b.avi", "test/a.mp4", "test/deep/er/c.v2.mkv", "test/plain"] {
      try folder.write("x", to: name)
    }
    #expect(try names("test") == ["test/a", "test/b", "test/deep/er/c.v2", "test/plain"])
  }

  @Test func whatIsNoVideoIsLeftOut() throws {
    for name in ["a.mp4", "labels.csv", "masks.TAR", "README.md", ".hidden.mp4", "report.html", "1.PNG"] {
      try folder.write("x", to: name)
    }
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "folder.mp4"), withIntermediateDirectories: false)
    #expect(mkfifo(folder.url.appending(path: "pipe.mp4").path, 0o600) == 0)
    #expect(try names() == ["a"])
  }

  @Test(arguments: ["with space", "100%", "a#b?c", "naïve", "日本", "a,b"])
  func unusualNamesStayAsTheyAre(name: String) throws {
    try folder.write("x", to: "\(name)/\(name).mp4")
    #expect(try names() == ["\(name)/\(name)"])
  }

  @Test func linksGoByTheirOwnNames() throws {
    let files = FileManager.default
    try folder.write("x", to: "store/0815.mp4")
    try files.createDirectory(at: folder.url.appending(path: "test"), withIntermediateDirectories: false)
    try files.createSymbolicLink(
      at: folder.url.appending(path: "test/01.mp4"),
      withDestinationURL: folder.url.appending(path: "store/0815.mp4"))
    try files.createSymbolicLink(
      atPath: folder.url.appending(path: "test/dangling.mp4").path, withDestinationPath: "/nowhere/x.mp4")
    // A folder of pictures beside the clip, by the clip's name.
    try files.createSymbolicLink(
      at: folder.url.appending(path: "test/01"), withDestinationURL: folder.url.appending(path: "store"))
    #expect(try names("test") == ["test/01"])
  }

  @Test func foldersMayBeLinks() throws {
    let files = FileManager.default
    try folder.write("x", to: "real/test/01.mp4")
    let link = folder.url.appending(path: "link")
    try files.createSymbolicLink(at: link, withDestinationURL: folder.url.appending(path: "real"))
    let clips = try ClipFolder(link.appending(path: "test")).clips
    for root in [link, folder.url.appending(path: "real")] {
      #expect(clips.map { ClipFolder.name(of: $0, relativeTo: root) } == ["test/01"])
    }
    let direct = try ClipFolder(folder.url.appending(path: "link")).clips
    #expect(direct.map { ClipFolder.name(of: $0, relativeTo: link) } == ["test/01"])
  }

  @Test func aClipElsewhereGoesByItsWholePath() throws {
    let clip = try folder.write("x", to: "a/01.mp4")
    let other = folder.url.appending(path: "ab")
    let root = folder.url.resolvingSymlinksInPath().path
    #expect(ClipFolder.name(of: clip, relativeTo: other) == root + "/a/01")
    #expect(ClipFolder.name(of: clip, relativeTo: URL(filePath: "/")) == String(root.dropFirst()) + "/a/01")
  }

  @Test func whatHoldsNoClipsIsNamed() throws {
    func error(_ path: String) throws -> String {
      try #require(throws: EvaluationError.self) { try ClipFolder(folder.url.appending(path: path)) }
        .description
    }
    #expect(try error("none").contains("none: cannot be read"))
    try folder.write("x", to: "file")
    #expect(try error("file").contains("it is no folder"))
    try folder.write("x", to: "only/labels.csv")
    #expect(try error("only").contains("there is no clip in this folder"))
  }
}
