public import Foundation
import SystemReason

/// Whose picture each of many crops is, and which camera took it.
///
/// Text with one line a crop, the first line naming the columns: `file`, `identity`, `camera` and `index` in any order;
/// others are passed over.
public struct CropLabels: Sendable, Hashable {
  /// One crop.
  public struct Crop: Sendable, Hashable {
    /// The picture, as a path in the folder of pictures.
    public let file: String
    /// The person's name.
    public let identity: String
    /// The camera's name.
    public let camera: String
    /// The line of the label file, from 1.
    public let line: Int
  }

  /// The crops, in the order of the file.
  public let crops: [Crop]
  /// The label file, for messages.
  public let source: String

  /// Reads a label file.
  ///
  /// - Throws: `ReIDError.unreadableLabels`, or `.labels` with the line.
  public init(contentsOf file: URL) throws(ReIDError) {
    let text: String
    do {
      text = try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw .unreadableLabels(file: file.path, reason: error.systemReason)
    }
    try self.init(parsing: text, file: file.path)
  }

  /// Reads labels from text; `file` names it in errors.
  public init(parsing text: String, file: String) throws(ReIDError) {
    source = file
    let table = try LabelTable(parsing: text, columns: ["file", "identity", "camera", "index"], file: file)
    var seen: [String: Int] = [:]
    var crops: [Crop] = []
    for row in table.rows {
      let crop = Crop(file: row.fields[0], identity: row.fields[1], camera: row.fields[2], line: row.line)
      guard !crop.file.isEmpty, !crop.identity.isEmpty, !crop.camera.isEmpty else {
        throw .labels(file: file, line: row.line, reason: "file, identity and camera must not be empty")
      }
      guard Int(row.fields[3]) != nil else {
        throw .labels(file: file, line: row.line, reason: "\"\(row.fields[3])\" is not an index")
      }
      if let earlier = seen.updateValue(row.line, forKey: crop.file) {
        throw .labels(
          file: file, line: row.line, reason: "\(crop.file) was labelled before, in line \(earlier)")
      }
      crops.append(crop)
    }
    guard !crops.isEmpty else { throw .tooFewLabels(file: file, reason: "labels no picture") }
    self.crops = crops
  }

  private init(_ crops: [Crop], source: String) {
    self.crops = crops
    self.source = source
  }

  /// The names of all people, sorted.
  public var identities: [String] { Set(crops.map(\.identity)).sorted() }

  /// Only the crops of people of whom there are several.
  public func keepingSeveral() -> CropLabels {
    let counts = Dictionary(grouping: crops, by: \.identity).mapValues(\.count)
    return CropLabels(crops.filter { counts[$0.identity, default: 0] > 1 }, source: source)
  }

  /// Every `n`th person in sorted order apart from the others; nil for none where there are fewer than four such.
  public func holdingBack(everyNth n: Int) -> (others: CropLabels, heldBack: CropLabels?) {
    let names = identities.enumerated().filter { $0.offset % n == n - 1 }.map(\.element)
    guard names.count >= 4 else { return (self, nil) }
    let kept = Set(names)
    return (
      CropLabels(crops.filter { !kept.contains($0.identity) }, source: source),
      CropLabels(crops.filter { kept.contains($0.identity) }, source: source)
    )
  }

  /// Only the crops of the last `count` people in sorted order.
  public func keepingLast(_ count: Int) -> CropLabels {
    let kept = Set(identities.suffix(count))
    return CropLabels(crops.filter { kept.contains($0.identity) }, source: source)
  }
}
