import Decode
public import Foundation
import SystemReason

extension LabelledPicture {
  /// The pictures of a folder in which nobody is: `.jpg`, `.jpeg` and `.png`, by name.
  ///
  /// - Throws: `ReIDError.unreadableLabels` where the folder cannot be read.
  public static func background(in folder: URL) throws(ReIDError) -> [LabelledPicture] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
      throw .unreadableLabels(file: folder.path, reason: error.systemReason)
    }
    return names.sorted().filter {
      ["jpg", "jpeg", "png"].contains(($0 as NSString).pathExtension.lowercased())
    }
    .map {
      LabelledPicture(
        file: folder.appending(path: $0), size: .init(width: 1, height: 1), weight: 1, isStretched: false,
        people: [])
    }
  }
}
