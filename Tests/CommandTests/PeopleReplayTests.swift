import Foundation
import TestKit
import Testing

/// People as a user meets them: found in real footage, searched for, forgotten.
@Suite(.enabled(if: TestData.has("videos") && SmallCamera.isAvailable), .serialized) struct PeopleReplayTests
{
  private let folder: TemporaryFolder
  private let clip: String

  init() throws {
    folder = try TemporaryFolder()
    clip = try #require(TestData.url("videos/vtest.avi")).path
  }

  private func analytics(_ arguments: String...) throws -> AnalyticsBinary.Result {
    try AnalyticsBinary.run(arguments + ["--database", "log.sqlite"], folder: folder.url, deadline: 600)
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func peopleAreFoundSearchedForAndForgotten() throws {
    let replayed = try analytics("replay", clip, "--no-anomaly", "--report", "report.html")
    #expect(replayed.status == 0, "\(replayed.stderr)")
    let people = try objects(try analytics("people", "--json").stdout)
    // Some nine people walk through these 80 seconds, some of them more than once.
    #expect((9...40).contains(people.count))
    let track = try #require(people.first?["track"] as? Int)
    let page = try String(contentsOf: folder.url.appending(path: "report.html"), encoding: .utf8)
    #expect(page.contains("Irregularity was not looked for") && page.contains("id=\"track-\(track)\""))

    #expect(try analytics("people", "show", "\(track)", "--crop", "who.jpg").status == 0)
    let byTrack = try objects(try analytics("search", "--track", "\(track)", "--top", "5", "--json").stdout)
    #expect(byTrack.count == 5 && byTrack.allSatisfy { $0["track"] as? Int != track })
    let similarities = byTrack.compactMap { $0["similarity"] as? Double }
    #expect(similarities == similarities.sorted(by: >) && similarities.allSatisfy { (-1...1).contains($0) })
    let byImage = try objects(try analytics("search", "--image", "who.jpg", "--top", "5", "--json").stdout)
    #expect(byImage.contains { $0["track"] as? Int == track })

    #expect(try analytics("people", "forget", "\(track)").status == 0)
    #expect(try objects(try analytics("people", "--json").stdout).count == people.count - 1)
    #expect(try analytics("search", "--track", "\(track)").status == 1)
    #expect(try analytics("check").status == 0)
  }

  @Test func probesThatShowNobodyAreRefused() throws {
    #expect(try analytics("replay", clip, "--no-people", "--no-anomaly").status == 64)
    let text = folder.url.appending(path: "text.jpg")
    try Data("no picture".utf8).write(to: text)
    let gray = folder.url.appending(path: "gray.jpg")
    try SmallCamera.run(
      "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=gray:s=320x240", "-frames:v", "1", gray.path)
    let tiny = folder.url.appending(path: "tiny.png")
    try SmallCamera.run(
      "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=gray:s=3x3", "-frames:v", "1", tiny.path)
    #expect(try analytics("check").status == 74)
    // A database there must be, or that is what is complained of.
    let empty = folder.url.appending(path: "empty.avi")
    try SmallCamera.run(
      "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=gray:s=320x240:r=10:d=2", empty.path)
    #expect(try analytics("replay", empty.path, "--no-anomaly").status == 0)
    for (picture, status) in [
      (text, 65), (gray, 65), (tiny, 65), (folder.url.appending(path: "none.jpg"), 74),
    ] {
      let result = try analytics("search", "--image", picture.path)
      #expect(result.status == Int32(status), "\(picture.lastPathComponent): \(result.stderr)")
      #expect(result.stderr.contains(picture.lastPathComponent))
    }
  }
}
