public import Foundation

/// Where the weights that come along with the program are.
public enum ModelFolder {
  /// The file name of the STAE that every camera's training starts from.
  public static let baseModelName = "stae-base.safetensors"
  /// The file name of the embedder of people.
  public static let embedderName = "person-embedder.safetensors"
  /// The file name of the person detector.
  public static let detectorName = "person-detector.safetensors"
  /// Names another folder.
  public static let variable = "ANALYTICS_MODELS"

  /// The base model.
  ///
  /// - Throws: `ModelFolderError` where there is none.
  public static func baseModel() throws(ModelFolderError) -> URL { try model(baseModelName) }

  /// The embedder of people.
  ///
  /// - Throws: `ModelFolderError` where there is none.
  public static func embedder() throws(ModelFolderError) -> URL { try model(embedderName) }

  /// The person detector.
  ///
  /// - Throws: `ModelFolderError` where there is none.
  public static func detector() throws(ModelFolderError) -> URL { try model(detectorName) }

  private static func model(_ name: String) throws(ModelFolderError) -> URL {
    let candidates = folders.map { $0.appending(path: name) }
    guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw ModelFolderError(searched: candidates.map(\.path))
    }
    return found
  }

  /// The named folder; else the one beside the installed program, or the checkout that the program was built in.
  private static var folders: [URL] {
    if let named = ProcessInfo.processInfo.environment[variable], !named.isEmpty {
      return [URL(filePath: named)]
    }
    let program = (Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0]))
      .resolvingSymlinksInPath()
    let above = sequence(first: program.deletingLastPathComponent()) { folder in
      folder.path == "/" ? nil : folder.deletingLastPathComponent()
    }
    return above.prefix(5).flatMap {
      [$0.appending(path: "share/analytics/models"), $0.appending(path: "Models")]
    }
  }
}
