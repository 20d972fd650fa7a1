/// One camera within one open run: what alerts and the regularity curve are written under.
public struct RunCamera: Sendable, Hashable {
  /// The run.
  public let runID: String
  /// The camera's name.
  public let camera: String
  /// `run_cameras.id`.
  let id: Int64
  /// `cameras.id`.
  let cameraID: Int64
}
