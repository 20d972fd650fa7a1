import Decode
public import Foundation

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
  /// - Throws: `DetectorError.unreadableLabels`, `.labels` with the line.
  public init(contentsOf url: URL, pictures folder: URL) throws(DetectorError) {
    let text: String
    do { text = try String(contentsOf: url, encoding: .utf8) } catch {
      throw .unreadableLabels(file: url.path, reason: error.localizedDescription)
    }
    try self.init(text, file: url.path, pictures: folder)
  }

  init(_ text: String, file: String, pictures folder: URL) throws(DetectorError) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let header = lines.first, !header.isEmpty else {
      throw .labels(
        file: file, line: 1, reason: "the file is empty; it needs a line \"image,width,height,x1,y1,x2,y2\"")
    }
    let columns = Columns(header)
    if let missing = columns.missing {
      throw .labels(file: file, line: 1, reason: "has no column \"\(missing)\"")
    }
    var made: [LabelledPicture] = []
    var places: [String: Int] = [:]
    for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
      let row: Row
      do { row = try Row(line, columns) } catch {
        throw .labels(file: file, line: index + 1, reason: error.reason)
      }
      if let place = places[row.image] {
        guard made[place].size == row.size else {
          throw .labels(
            file: file, line: index + 1,
            reason: "\(row.image) is \(row.size) here and \(made[place].size) in an earlier line")
        }
        if let person = row.person { made[place].people.append(person) }
      } else {
        places[row.image] = made.count
        made.append(row.picture(in: folder))
      }
    }
    guard !made.isEmpty else { throw .labels(file: file, line: 2, reason: "names no picture") }
    pictures = made
  }

  private struct Flaw: Error {
    let reason: String
  }

  private struct Columns {
    static let needed = ["image", "width", "height", "x1", "y1", "x2", "y2"]
    let names: [Substring]

    init(_ header: Substring) { names = header.fields }

    var missing: String? { Self.needed.first { name in !names.contains { $0 == name } } }
  }

  /// One line.
  private struct Row {
    let image: String
    let size: PictureSize
    let weight: Double
    let isStretched: Bool
    let person: LabelledPicture.Person?

    init(_ line: Substring, _ columns: Columns) throws(Flaw) {
      let fields = line.fields
      guard fields.count == columns.names.count else {
        throw Flaw(reason: "has \(fields.count) fields where the first line has \(columns.names.count)")
      }
      let values = Dictionary(zip(columns.names, fields)) { first, _ in first }
      func text(_ name: Substring) -> Substring { values[name] ?? "" }
      func number(_ name: Substring) throws(Flaw) -> Double {
        guard let number = Double(text(name)), number.isFinite else {
          throw Flaw(reason: "\(name) is \"\(text(name))\", no number")
        }
        return number
      }
      guard !text("image").isEmpty else { throw Flaw(reason: "names no image") }
      image = String(text("image"))
      guard let width = Int(text("width")), let height = Int(text("height")), (1...1 << 20).contains(width),
        (1...1 << 20).contains(height)
      else {
        throw Flaw(reason: "width and height are \"\(text("width"))\" and \"\(text("height"))\", no size")
      }
      size = PictureSize(width: width, height: height)
      weight = text("weight").isEmpty ? 1 : try number("weight")
      guard (0...1000).contains(weight) else { throw Flaw(reason: "weight is \(weight), not in 0…1000") }
      isStretched = text("stretched") == "1"
      let corners: [Substring] = ["x1", "y1", "x2", "y2"]
      guard corners.contains(where: { !text($0).isEmpty }) else {
        person = nil
        return
      }
      let (x1, y1, x2, y2) = (try number("x1"), try number("y1"), try number("x2"), try number("y2"))
      guard x1 < x2, y1 < y2 else {
        throw Flaw(
          reason: "the box \(x1),\(y1),\(x2),\(y2) is empty or turned around: x1 < x2 and y1 < y2 are needed")
      }
      let (right, bottom) = (Double(width), Double(height))
      guard x1 >= -tolerance, y1 >= -tolerance, x2 <= right + tolerance, y2 <= bottom + tolerance else {
        throw Flaw(reason: "the box \(x1),\(y1),\(x2),\(y2) reaches beyond its picture of \(size)")
      }
      guard
        let source = text("source").isEmpty
          ? .groundTruth : LabelledPicture.Source(rawValue: String(text("source")))
      else { throw Flaw(reason: "source is \"\(text("source"))\"; gt, teacher or uncertain is needed") }
      let (left, top) = (max(0, x1), max(0, y1))
      person = LabelledPicture.Person(
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

extension Substring {
  /// What stands between commas.
  fileprivate var fields: [Substring] {
    split(separator: ",", omittingEmptySubsequences: false).map { field in
      var field = field
      while field.first == " " { field.removeFirst() }
      while field.last == " " || field.last == "\r" { field.removeLast() }
      return field
    }
  }
}
