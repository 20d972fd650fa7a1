public import Foundation

/// Footage and benchmarks that tests read but the project does not ship.
///
/// Looked for in the folder that `ANALYTICS_TEST_DATA` names, else in `shared/data` beside the checkout. Tests that
/// need it are skipped where it is absent.
public enum TestData {
  /// The folder, or nil where there is none.
  public static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["ANALYTICS_TEST_DATA"].map { URL(filePath: $0) }
    let beside = packageRoot.deletingLastPathComponent().appending(path: "shared/data")
    return [named, beside].compactMap(\.self).first {
      FileManager.default.fileExists(atPath: $0.path)
    }
  }()

  /// The root of the checkout.
  public static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The file or folder at `path` inside the data folder, or nil where it is absent.
  public static func url(_ path: String) -> URL? {
    guard let url = folder?.appending(path: path), FileManager.default.fileExists(atPath: url.path)
    else { return nil }
    return url
  }

  /// Whether the file or folder at `path` is there: for `@Test(.enabled(if: TestData.has("videos")))`.
  public static func has(_ path: String) -> Bool { url(path) != nil }
}
