import Decode
public import Foundation
import SystemReason

/// A file of boxes: CSV with a header line and the columns `image,width,height,x1,y1,x2,y2`, pixels of the stated size, x2
/// and y2 exclusive; a picture without people stands there once, its four last fields empty. Further columns may be
/// `source` (`gt`, `teacher`, `uncertain`), `weight` (how often to draw the picture in training) and `stretched` (0 or 1);
/// others are ignored.
public struct LabelFile {
  /// Boxes may reach beyond their picture by so many pixels: annotation tools round.
  private static let tolerance = 1.0

  /// The pictures in the order of their first lines.
  public let pictures: [LabelledPicture]

  /// Reads the file; pictures are in `folder`.
  ///
  /// - Throws: `ReIDError.unreadableLabels`, `.labels` with the line, `.tooFewLabels`.
  public init(contentsOf url: URL, pictures folder: URL) throws(ReIDError) {
    let text: String
    do { text = try String(contentsOf: url, encoding: .utf8) } catch {
      throw .unreadableLabels(file: url.path, reason: error.systemReason)
    }
    try self.init(parsing: text, file: url.path, pictures: folder)
  }

  init(parsing text: String, file: String, pictures folder: URL) throws(ReIDError) {
    let table = try LabelTable(
      parsing: text, columns: ["image", "width", "height", "x1", "y1", "x2", "y2"],
      optional: ["source", "weight", "stretched"], file: file)
    var made: [LabelledPicture] = []
    var places: [String: Int] = [:]
    for row in table.rows {
      let line: Line
      do { line = try Line(row.fields) } catch {
        throw .labels(file: file, line: row.line, reason: error.reason)
      }
      if let place = places[line.image] {
        guard made[place].size == line.size else {
          throw .labels(
            file: file, line: row.line,
            reason: "\(line.image) is \(line.size) here and \(made[place].size) in an earlier line")
        }
        if let person = line.person { made[place].people.append(person) }
      } else {
        places[line.image] = made.count
        made.append(line.picture(in: folder))
      }
    }
    guard !made.isEmpty else { throw .tooFewLabels(file: file, reason: "names no picture") }
    pictures = made
  }

  private struct Flaw: Error {
    let reason: String
  }

  private struct Line {
    let image: String
    let size: PictureSize
    let weight: Double
    let isStretched: Bool
    let person: LabelledPicture.Person?

    init(_ fields: [String]) throws(Flaw) {
      image = fields[0]
      guard !image.isEmpty else { throw Flaw(reason: "names no image") }
      guard let width = Int(fields[1]), let height = Int(fields[2]), (1...1 << 20).contains(width),
        (1...1 << 20).contains(height)
      else { throw Flaw(reason: "width and height are \"\(fields[1])\" and \"\(fields[2])\", no size") }
      size = PictureSize(width: width, height: height)
      weight = fields[8].isEmpty ? 1 : try Self.number(fields[8], "weight")
      guard (0...1000).contains(weight) else { throw Flaw(reason: "weight is \(weight), not in 0…1000") }
      isStretched = fields[9] == "1"
      person = fields[3...6].allSatisfy(\.isEmpty) ? nil : try Self.person(fields, size)
    }

    private static func number(_ text: String, _ name: String) throws(Flaw) -> Double {
      guard let number = Double(text), number.isFinite else {
        throw Flaw(reason: "\(name) is \"\(text)\", no number")
      }
      return number
    }

    private static func person(_ fields: [String], _ size: PictureSize) throws(Flaw) -> LabelledPicture.Person
    {
      let (x1, y1) = (try number(fields[3], "x1"), try number(fields[4], "y1"))
      let (x2, y2) = (try number(fields[5], "x2"), try number(fields[6], "y2"))
      guard x1 < x2, y1 < y2 else {
        throw Flaw(
          reason: "the box \(x1),\(y1),\(x2),\(y2) is empty or turned around: x1 < x2 and y1 < y2 are needed")
      }
      let (right, bottom) = (Double(size.width), Double(size.height))
      guard x1 >= -tolerance, y1 >= -tolerance, x2 <= right + tolerance, y2 <= bottom + tolerance else {
        throw Flaw(reason: "the box \(x1),\(y1),\(x2),\(y2) reaches beyond its picture of \(size)")
      }
      guard max(0, x1) < min(x2, right), max(0, y1) < min(y2, bottom) else {
        throw Flaw(reason: "the box \(x1),\(y1),\(x2),\(y2) lies beside its picture of \(size)")
      }
      guard let source = fields[7].isEmpty ? .groundTruth : LabelledPicture.Source(rawValue: fields[7]) else {
        throw Flaw(reason: "source is \"\(fields[7])\"; gt, teacher or uncertain is needed")
      }
      let (left, top) = (max(0, x1), max(0, y1))
      return LabelledPicture.Person(
        box: Box(
          x: left / right, y: top / bottom, width: (min(x2, right) - left) / right,
          height: (min(y2, bottom) - top) / bottom), source: source)
    }

    func picture(in folder: URL) -> LabelledPicture {
      LabelledPicture(
        file: folder.appending(path: image), size: size, weight: weight, isStretched: isStretched,
        people: person.map { [$0] } ?? [])
    }
  }
}
