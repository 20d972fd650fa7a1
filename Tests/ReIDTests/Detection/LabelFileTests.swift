import Decode
import Foundation
import TestKit
import Testing

@testable import ReID

@Suite struct LabelFileTests {
  private static let header = "image,width,height,x1,y1,x2,y2"

  private func read(_ lines: String...) throws -> [LabelledPicture] {
    try LabelFile(
      parsing: lines.joined(separator: "\n"), file: "boxes.csv", pictures: URL(filePath: "/pictures")
    )
    .pictures
  }

  @Test func boxesBecomeFractions() throws {
    let pictures = try read(
      Self.header, "a.jpg,200,100,20,10,60,90", "b.jpg,50,50,,,,", "a.jpg,200,100,0,0,200,100")
    #expect(pictures.map(\.file.lastPathComponent) == ["a.jpg", "b.jpg"])
    #expect(pictures[0].file.path == "/pictures/a.jpg")
    #expect(pictures[0].people.map(\.box) == [Box(x: 0.1, y: 0.1, width: 0.2, height: 0.8), .wholePicture])
    #expect(pictures[0].people.allSatisfy { $0.source == .groundTruth })
    #expect(pictures[1].people.isEmpty)
  }

  @Test func furtherColumnsInAnyOrder() throws {
    let pictures = try read(
      "source,x1,y1,x2,y2,weight,image,width,height,stretched,remark",
      "teacher,0,0,10,10,2.5,a.jpg,20,20,1,x\r", "uncertain,5,5,10,10,2.5,a.jpg,20,20,1,", "",
      "gt,,,,,,b.jpg,20,20,,")
    #expect(pictures[0].people.map(\.source) == [.teacher, .uncertain])
    #expect(pictures[0].weight == 2.5 && pictures[0].isStretched && pictures[0].isIncomplete)
    #expect(pictures[1].weight == 1 && !pictures[1].isStretched && !pictures[1].isIncomplete)
  }

  @Test func aPixelBeyondTheEdgeIsCutOff() throws {
    let box = try #require(try read(Self.header, "a.jpg,100,100,-1,0,101,100").first?.people.first?.box)
    #expect(box == .wholePicture)
  }

  @Test(arguments: [
    ("a.jpg,100,100,50,10,50,20", "empty or turned around"), ("a.jpg,100,100,50,20,60,10", "turned around"),
    ("a.jpg,100,100,0,0,102,10", "beyond its picture"), ("a.jpg,100,100,-5,0,10,10", "beyond its picture"),
    ("a.jpg,100,100,1,2,3,x", "y2 is \"x\""), ("a.jpg,100,100,1,2,3,", "y2 is \"\""),
    ("a.jpg,100,100,nan,2,3,4", "x1 is \"nan\""), ("a.jpg,100,100,1,2,inf,4", "x2 is \"inf\""),
    ("a.jpg,0,100,,,,", "no size"), ("a.jpg,100,-1,,,,", "no size"),
    ("a.jpg,99999999999999999999,1,,,,", "no size"),
    (",100,100,,,,", "names no image"), ("a.jpg,100,100", "3 fields in place of 7"),
    ("b.jpg,10,10,,,,", "earlier line"),
  ]) func whatIsWrongIsSaidWithItsLine(line: String, reason: String) {
    do {
      _ = try read(Self.header, "b.jpg,20,20,,,,", "", line)
      Issue.record("taken: \(line)")
    } catch {
      #expect("\(error)".hasPrefix("boxes.csv, line 4: ") && "\(error)".contains(reason), "\(error)")
    }
  }

  @Test(arguments: [
    "", "image,width,height\n", header, header + "\n\n", "image,width,height,x1,y1,x2\na,1,1,,,\n",
  ])
  func filesWithoutPictures(text: String) {
    #expect(throws: ReIDError.self) {
      try LabelFile(parsing: text, file: "boxes.csv", pictures: URL(filePath: "/pictures"))
    }
  }

  @Test func aMissingFile() throws {
    let folder = try TemporaryFolder()
    let missing = folder.url.appending(path: "none.csv")
    let error = #expect(throws: ReIDError.self) { try LabelFile(contentsOf: missing, pictures: folder.url) }
    guard case .unreadableLabels(let file, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(file == missing.path)
  }
}
