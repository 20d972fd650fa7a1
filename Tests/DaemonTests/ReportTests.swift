import Foundation
import Store
import TestKit
import Testing

@testable import Daemon

@Suite struct ReportTests {
  private func page(
    _ summary: ReplaySummary, snapshot: Data? = jpegStart, heatMap: Data? = jpegStart
  ) throws -> ParsedPage {
    try #require(ParsedPage(ReplayReport(summary) { _ in (snapshot, heatMap) }.html))
  }

  @Test func everyAlertHasARowACardAndItsPictures() throws {
    let page = try page(
      .sample(alerts: [
        .sample(7, at: 50), .sample(8, at: 60, kind: .sceneChange), .sample(9, at: 70, mark: false),
      ]))
    #expect(page.all("article").map(\.attributes["id"]) == ["alert-1", "alert-S1", "alert-2"])
    #expect(page.all("tr").count == 1 + 3)
    #expect(page.all("img").count == 6)
    #expect(page.all("img").allSatisfy { $0.attributes["src"] == "data:image/jpeg;base64,/9j/4A==" })
    #expect(page.all("img").allSatisfy { $0.attributes["alt"]?.isEmpty == false })
    #expect(page.all("rect", withClass: "alert").count == 3)
    #expect(page.all("rect", withClass: "scene").count == 1)
    #expect(page.text.contains("2 alerts in 0:39 of footage"))
    #expect(page.text.contains("1 scene change noted."))
    #expect(page.text.contains("marked false"))
    #expect(page.text.contains("2026-03-04 05:06:57"))
  }

  @Test func aCardSaysWhatStandsOutWhereThatIsKnown() throws {
    func words(_ kind: AlertKind, _ evidence: AlertEvidence?) throws -> String {
      try page(.sample(alerts: [.sample(1, at: 50, kind: kind, evidence: evidence)])).text
    }
    #expect(try words(.irregular, .motion).contains("stands out by its motion"))
    #expect(try words(.irregular, .appearance).contains("stands out by its look"))
    #expect(try !words(.irregular, nil).contains("stands out"))
    #expect(try !words(.sceneChange, nil).contains("Evidence"))
  }

  @Test func linksLeadSomewhereInThePage() throws {
    let page = try page(.sample(alerts: (0..<300).map { .sample($0, at: 40 + Double($0) / 8) }))
    let anchors = Set(page.elements.compactMap(\.attributes["id"]))
    let links = page.elements.compactMap(\.attributes["href"])
    #expect(links.count >= 600)
    #expect(links.allSatisfy { $0.hasPrefix("#") && anchors.contains(String($0.dropFirst())) })
    #expect(page.elements.compactMap(\.attributes["src"]).allSatisfy { $0.hasPrefix("data:") })
  }

  @Test func shadesAndBoxesStandWhereTheAlertIs() throws {
    let page = try page(.sample(alerts: [.sample(1, at: 50.5)]))
    let shade = try #require(page.all("rect", withClass: "alert").first?.attributes)
    #expect(shade["x"] == "631250" && shade["width"] == "25000")
    let learned = try #require(page.all("rect", withClass: "learned").first?.attributes)
    #expect(learned["x"] == "0" && learned["width"] == "500000")
    #expect(
      page.all("span", withClass: "box").map(\.attributes["style"])
        == ["left:25.00%;top:50.00%;width:12.50%;height:25.00%"])
  }

  @Test func theCurveIsDrawnInMillionthsAndThousandths() throws {
    let curve: [ReplaySummary.Point] = [
      .init(time: .seconds(40), regularity: 0.75), .init(time: .seconds(60), regularity: 0.2506),
      .init(time: .seconds(80), regularity: 1.5),
    ]
    let lines = try page(.sample(curve: curve)).all("polyline")
    #expect(
      lines.map(\.attributes["points"]) == Array(repeating: "500000,250 750000,750 1000000,0", count: 2))
    #expect(lines.first?.attributes["data-milliseconds"] == "80000")
  }

  @Test func theWholePictureIsNotOutlined() throws {
    let page = try page(.sample(alerts: [.sample(1, at: 50, box: .wholePicture)]))
    #expect(page.all("span", withClass: "box").isEmpty)
  }

  @Test func whatAUserTypedIsHarmless() throws {
    let evil = "x</title><script>alert(\"1\")</script>'&amp;\u{1}\u{7F}<img src=x onerror=y>"
    var summary = ReplaySummary.sample(clip: evil, alerts: [.sample(1, at: 50, snapshot: evil)], losses: evil)
    summary.camera = evil
    summary.modelName = evil
    summary.modelDigest = evil
    summary.runID = evil
    summary.databasePath = evil
    summary.programVersion = evil
    let page = try page(summary, snapshot: nil)
    #expect(page.all("script").count == 1)
    #expect(page.all("img").count == 1)
    let shown = evil.replacing("\u{1}", with: "\u{FFFD}").replacing("\u{7F}", with: "\u{FFFD}")
    // Camera, model, losses, snapshot, clip, run, model identity, alert log and version.
    #expect(page.text.components(separatedBy: shown).count - 1 == 9)
  }

  @Test func interpolationEscapesTextAndKeepsMarkup() {
    let text = "<&>\"'\u{0}\u{FFFE}é\n"
    let inner: HTML = "<b>\(text)</b>"
    let outer: HTML = "<p title=\"\(text)\">\(inner)\(HTML?.none)\([inner, "x"])\(3)</p>"
    let escaped = "&lt;&amp;&gt;&quot;&#39;\u{FFFD}\u{FFFD}é\n"
    #expect(inner.source == "<b>\(escaped)</b>")
    #expect(outer.source == "<p title=\"\(escaped)\"><b>\(escaped)</b><b>\(escaped)</b>\nx3</p>")
  }

  @Test func theSameSummaryGivesTheSameBytes() {
    let summary = ReplaySummary.sample(alerts: [.sample(1, at: 50), .sample(2, at: 60, kind: .sceneChange)])
    let pages = (0..<3).map { _ in ReplayReport(summary) { _ in (jpegStart, jpegStart) }.html }
    #expect(Set(pages).count == 1)
  }

  @Test func nothingIrregularIsSaid() throws {
    let page = try page(.sample())
    #expect(page.text.contains("Nothing irregular in 0:39 of footage"))
    #expect(page.all("table").isEmpty && page.all("article").isEmpty)
  }

  @Test func nothingScoredIsNotNothingIrregular() throws {
    var summary = ReplaySummary.sample(curve: [])
    summary.frameCount = 9
    let page = try page(summary)
    #expect(page.text.contains("Nothing could be scored"))
    #expect(page.text.contains("9 frames to score, which is too few."))
    #expect(!page.text.contains("Nothing irregular"))
    #expect(page.all("svg").isEmpty)
  }

  @Test func missingAndBrokenPicturesAreSaid() throws {
    let summary = ReplaySummary.sample(alerts: [.sample(1, at: 50, snapshot: nil, heatMap: "a/heat.jpg")])
    let page = try page(summary, snapshot: nil, heatMap: Data("not a picture".utf8))
    #expect(page.all("img").isEmpty)
    #expect(page.text.contains("None was kept."))
    #expect(page.text.contains("a/heat.jpg cannot be read as a picture."))
  }

  @Test func theLeastRegularAlertsHaveTheirPicturesWhereNotAllHaveRoom() throws {
    let quarter = jpegStart + Data(count: ReplayReport.pictureBytesLimit / 4)
    let summary = ReplaySummary.sample(
      alerts: (0..<6).map { .sample($0, at: 40 + 4 * Double($0), regularity: 0.4 - 0.05 * Double($0)) })
    var asked: [Int64] = []
    let report = ReplayReport(summary) { alert in
      asked.append(alert.id)
      return (quarter, nil)
    }
    #expect(asked == [5, 4, 3, 2])
    let html = report.html
    #expect(html.components(separatedBy: "<img ").count - 1 == 4)
    #expect(html.components(separatedBy: "Left out to keep the page small").count - 1 == 4)
  }

  @Test func picturesAreReadFromTheirFiles() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "snapshot.jpg")
    try jpegStart.write(to: file)
    let pictures = ReplayReport.pictureFiles(
      of: .sample(1, at: 50, snapshot: file.path, heatMap: folder.url.appending(path: "none.jpg").path))
    #expect(pictures.snapshot == jpegStart)
    #expect(pictures.heatMap == nil)
  }

  @Test func anUnknownRecordingTimeIsSaid() throws {
    let page = try page(.sample(startedAt: Timestamp(millisecondsSince1970: 0)))
    #expect(page.text.contains("The clip does not say"))
  }

  @Test func aReportIsWrittenWhole() throws {
    let folder = try TemporaryFolder()
    let report = ReplayReport(.sample()) { _ in (nil, nil) }
    let file = folder.url.appending(path: "report.html")
    try report.write(to: file)
    try report.write(to: file)
    #expect(try String(contentsOf: file, encoding: .utf8) == report.html)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["report.html"])
  }

  @Test func aReportThatCannotBeWrittenNamesTheFile() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "none/report.html")
    let report = ReplayReport(.sample()) { _ in (nil, nil) }
    let error = #expect(throws: ReportError.self) { try report.write(to: file) }
    #expect(error == .cannotWrite(path: file.path, reason: "No such file or directory"))
    #expect(throws: ReportError.self) { try report.write(to: folder.url) }
  }
}
