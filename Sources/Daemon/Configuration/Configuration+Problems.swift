import Decode
import Foundation
import Network
import Store

extension Configuration {
  /// What would keep `analytics run` from using the files that the configuration names.
  ///
  /// - Parameter lines: where the values of keys stand in `file`.
  func problems(in file: URL, lines: [String: Int]) -> [ConfigurationProblem] {
    func problem(_ key: String, _ error: any Error) -> ConfigurationProblem {
      ConfigurationProblem(file: file.path, line: lines[key], keyPath: key, message: "\(error)")
    }
    var problems: [ConfigurationProblem] = []
    do throws(StoreError) { try AlertStore.checkUsable(at: database) } catch {
      if !isOfUser(error) { problems.append(problem("database", error)) }
    }
    for (number, camera) in cameras.enumerated() {
      do { _ = try CameraModel(contentsOf: camera.model, compute: Compute(threads: 1)) } catch {
        problems.append(problem("cameras[\(number)].model", error))
      }
      guard !camera.source.isNetwork else { continue }
      do { _ = try VideoReader(camera.source) } catch {
        problems.append(problem("cameras[\(number)].url", error))
      }
    }
    return problems
  }

  /// Whether the daemon's user may well do what this one may not.
  private func isOfUser(_ error: StoreError) -> Bool {
    switch error {
    case .notReadable, .readOnly: true
    case .folderNotWritable(let folder, _): FileManager.default.fileExists(atPath: folder)
    default: false
    }
  }
}
