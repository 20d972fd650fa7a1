import Foundation

/// Where a training keeps what it needs to go on: beside the model that it will write.
struct CheckpointPlace {
  let url: URL

  /// - Throws: `TrainingJobError` where a checkpoint is asked for and missing, or in the way.
  init(besides output: URL, resumes: Bool) throws(TrainingJobError) {
    url = output.appendingPathExtension("checkpoint")
    switch (resumes, FileManager.default.fileExists(atPath: url.path)) {
    case (true, false): throw .noCheckpoint(path: url.path)
    case (false, true): throw .leftoverCheckpoint(path: url.path)
    default: break
    }
  }

  /// The model is safe: there is nothing to go on from any more.
  func remove() { try? FileManager.default.removeItem(at: url) }
}
